// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The names this server answers to.
///
/// A site can point a name of its own at 127.0.0.1 and have the visitor's browser read from
/// there as if it were that site (DNS rebinding). The browser still sends the site's name.
package struct HostPolicy: Equatable, Sendable {
    /// More names than this are not taken.
    package static let maximumNames = 100

    /// The address the server is bound to.
    package let bound: IPAddress
    /// Further names, in lower case.
    private let names: Set<String>
    private let isSecure: Bool

    /// A policy for an address.
    ///
    /// - Parameters:
    ///   - bound: Where the server listens.
    ///   - names: Host names under which people reach it.
    ///   - isSecure: Whether it speaks TLS.
    /// - Throws: `ServerError` for what is no host name.
    package init(bound: IPAddress, names: [String] = [], isSecure: Bool = false) throws(ServerError) {
        for name in names where !Self.isHostName(name) { throw .badAllowedHost(name) }
        guard names.count <= Self.maximumNames else { throw .badAllowedHost(names[Self.maximumNames]) }
        self.bound = bound
        self.names = Set(names.map { $0.lowercased() })
        self.isSecure = isSecure
    }

    /// Whether a Host header, with or without a port, names this machine.
    package func allows(authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        if host == "localhost" || host == "localhost." || host.hasSuffix(".localhost") { return true }
        guard let address = IPAddress(host) else { return names.contains(host) }
        // A browser that was led astray sends a name. On all addresses at once, any of them is ours.
        return address.isLoopback || address == bound || isOnAllAddresses
    }

    private var isOnAllAddresses: Bool { bound == IPAddress("0.0.0.0") || bound == IPAddress("::") }

    /// Whether an Origin header is this very server, as seen by the client.
    package func allows(origin: String, authority: String) -> Bool {
        origin.lowercased() == "\(isSecure ? "https" : "http")://\(authority.lowercased())"
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

    /// Labels of letters, digits and hyphens, at most 253 characters in all (RFC 1123 section 2.1).
    private static func isHostName(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count)
                    && label.allSatisfy {
                        (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 45 || $0 == 95
                    }
            }
    }
}
