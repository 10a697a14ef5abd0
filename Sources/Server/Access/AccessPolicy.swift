// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Who may read the map.
package enum AccessPolicy: Sendable {
    /// Whoever reaches the port: a loopback address, or `--no-auth`.
    case anyone
    /// Whoever has the token.
    case token(AccessToken)
    /// Whoever has a certificate that the TLS layer accepted.
    case clientCertificate

    /// What follows from what the operator said, and nothing that he did not.
    ///
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - token: The token, where there is one.
    ///   - hasClientAuthority: Whether clients must show a certificate.
    ///   - isOpen: Whether `--no-auth` was given.
    /// - Throws: `ServerError` where the map would be open to a network and nobody said so, or where
    ///   `--no-auth` stands beside a token.
    package init(
        address: IPAddress,
        token: AccessToken?,
        hasClientAuthority: Bool,
        isOpen: Bool
    ) throws(ServerError) {
        if isOpen, token != nil || hasClientAuthority { throw .contradictoryAccess }
        if let token {
            self = .token(token)
        } else if hasClientAuthority {
            self = .clientCertificate
        } else if address.isLoopback || isOpen {
            self = .anyone
        } else {
            throw .openToNetwork(host: "\(address)")
        }
    }

    var token: AccessToken? {
        if case .token(let token) = self { token } else { nil }
    }
}
