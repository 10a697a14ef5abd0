// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Crypto
import FlowModel
import Foundation

/// What a browser keeps after a login: the end of the session, signed.
///
/// The server keeps nothing, so no number of logins costs it memory. The cookie cannot be read by
/// scripts and is never sent by a request that another site started.
///
/// - SeeAlso: RFC 6265.
struct Session {
    /// How long one lasts.
    static let lifetimeSeconds: Int64 = 7 * 86_400
    static let cookieName = "svcmap-session"

    let token: AccessToken

    /// The value of `Set-Cookie` for a session that begins now.
    func cookie(now: Timestamp, isSecure: Bool) -> String {
        let end = now.nanoseconds / 1_000_000_000 + Self.lifetimeSeconds
        return Self.cookie(
            value: "\(end).\(signature(of: end))",
            age: Self.lifetimeSeconds,
            isSecure: isSecure
        )
    }

    /// The value of `Set-Cookie` that ends any session.
    static func expiredCookie(isSecure: Bool) -> String {
        cookie(value: "", age: 0, isSecure: isSecure)
    }

    /// Whether a `Cookie` header has a session that has not ended.
    func isValid(cookies: String, now: Timestamp) -> Bool {
        cookies.split(separator: ";").contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingPrefix(" ") == Self.cookieName else { return false }
            return isValid(value: parts[1], now: now)
        }
    }

    private func isValid(value: Substring, now: Timestamp) -> Bool {
        let parts = value.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let end = Int64(parts[0]), now.nanoseconds / 1_000_000_000 < end,
            let signature = Data(base64Encoded: String(parts[1]))
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            signature,
            authenticating: Self.signed(end),
            using: token.sessionKey
        )
    }

    private func signature(of end: Int64) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Self.signed(end), using: token.sessionKey))
            .base64EncodedString()
    }

    private static func signed(_ end: Int64) -> Data { Data("until \(end)".utf8) }

    private static func cookie(value: String, age: Int64, isSecure: Bool) -> String {
        "\(cookieName)=\(value); Path=/; Max-Age=\(age); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }
}
