// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Crypto
import Foundation

/// The secret that opens the map to whoever has it.
///
/// Of the token itself only a keyed hash is kept, and keys that are derived from it: what is compared
/// has the same length whatever a client sends, and takes the same time.
///
/// - SeeAlso: RFC 6750 (bearer tokens), RFC 5869 (HKDF).
package struct AccessToken: Sendable {
    /// Shorter ones could be guessed.
    package static let minimumLength = 16
    package static let maximumLength = 1_024

    private let comparisonKey = SymmetricKey(size: .bits256)
    private let code: HMAC<SHA256>.MAC
    /// What sessions are signed with: they end when the token changes, and outlive a restart.
    let sessionKey: SymmetricKey

    /// A token of 16 to 1,024 printable ASCII characters without spaces.
    ///
    /// - Parameter text: The token; spaces and line ends around it do not count.
    /// - Throws: `ServerError` where it is shorter, longer or has other characters.
    package init(_ text: String) throws(ServerError) {
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (Self.minimumLength...Self.maximumLength).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .badToken }
        code = HMAC<SHA256>.authenticationCode(for: Data(token.utf8), using: comparisonKey)
        sessionKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(token.utf8)),
            info: Data("svcmap session".utf8),
            outputByteCount: 32
        )
    }

    /// Whether a client has the token; takes the same time for any answer.
    func matches(_ candidate: some StringProtocol) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: Data(candidate.utf8),
            using: comparisonKey
        )
    }
}
