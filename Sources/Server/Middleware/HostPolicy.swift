// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The names this server answers to.
///
/// A site can point a name of its own at 127.0.0.1 and have the visitor's browser read from
/// there as if it were that site (DNS rebinding). The browser still sends the site's name.
package struct HostPolicy: Equatable, Sendable {
    /// The address the server is bound to.
    package let bound: IPAddress

    package init(bound: IPAddress) {
        self.bound = bound
    }

    /// Whether a Host header, with or without a port, names this machine.
    package func allows(authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        if host == "localhost" || host == "localhost." || host.hasSuffix(".localhost") { return true }
        guard let address = IPAddress(host) else { return false }
        return address.isLoopback || address == bound
    }

    /// Whether an Origin header is this very server, as seen by the client.
    package func allows(origin: String, authority: String) -> Bool {
        origin.lowercased() == "http://\(authority.lowercased())"
    }

    /// The host in lower case, without port and brackets; `nil` where the authority is malformed.
    private static func host(of authority: String) -> String? {
        var host = authority.lowercased()[...]
        var rest: Substring = ""
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
            guard host.contains(":") else { return nil }
        } else if let colon = host.firstIndex(of: ":") {
            rest = host[colon...]
            host = host[..<colon]
        }
        guard
            rest.isEmpty || (rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (48...57).contains($0) })
        else { return nil }
        return String(host)
    }
}
