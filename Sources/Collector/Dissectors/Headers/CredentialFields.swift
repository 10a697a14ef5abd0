// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Names of header fields that carry what lets somebody in: these are never kept, asked for or not.
///
/// Told by the name, so that the choice is the same for every value. docs/protocols.md has the list.
enum CredentialFields {
    /// Names that no rule below tells.
    private static let names: Set<String> = [
        // Proofs (RFC 9449).
        "dpop",
        // Kubernetes takes bearer tokens in it, from browsers.
        "sec-websocket-protocol",
        // Keys of gateways.
        "x-functions-key", "x-ms-client-principal",
    ]

    /// What such names have in them, once `-`, `_` and `.` are left out.
    private static let words = [
        "accesskey", "apikey", "authentic", "authoriz", "clientcert", "cookie", "credential", "csrf",
        "jwt", "oidc", "passphrase", "passwd", "password", "privatekey", "secret", "session",
        "subscriptionkey",
        "token", "xsrf",
    ]

    /// What stands between `-`, `_` and `.` in such names.
    private static let parts: Set<Substring> = ["auth", "pwd", "sid", "sso"]

    /// Whether a name in lower case is one of them.
    static func contains(_ name: String) -> Bool {
        let split = name.split { "-_.".contains($0) }
        let joined = split.joined()
        return names.contains(name) || split.contains(where: parts.contains)
            || words.contains { joined.contains($0) }
    }
}
