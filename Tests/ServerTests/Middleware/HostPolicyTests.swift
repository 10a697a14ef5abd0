// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Server
import Testing

@Suite struct `Host policy` {
    private let policy: HostPolicy

    init() throws {
        policy = try HostPolicy(bound: IPAddress(v4: 0x7F00_0001))
    }

    @Test(arguments: [
        "localhost", "localhost:8899", "LOCALHOST:1", "localhost.:8899", "127.0.0.1", "127.0.0.1:8899",
        "127.1.2.3",
        "[::1]", "[::1]:8899", "map.localhost:80",
    ])
    func `answers to this machine`(authority: String) {
        #expect(policy.allows(authority: authority))
    }

    @Test(arguments: [
        "", "evil.example", "evil.example:8899", "127.0.0.1.evil.example", "localhost.evil.example",
        "notlocalhost",
        "10.0.0.1", "0.0.0.0", "[fe80::1]", "[::1", "::1", "localhost:80@evil.example", "127.1", "2130706433",
        "0x7f.0.0.1", "127.0.0.1:80:80", "[127.0.0.1]", "user@localhost",
    ])
    func `answers to nobody else`(authority: String) {
        #expect(!policy.allows(authority: authority))
    }

    @Test func `knows its own origin`() {
        #expect(policy.allows(origin: "http://localhost:8899", authority: "localhost:8899"))
        #expect(!policy.allows(origin: "http://localhost:1", authority: "localhost:8899"))
        #expect(!policy.allows(origin: "https://evil.example", authority: "localhost:8899"))
        #expect(!policy.allows(origin: "null", authority: "localhost:8899"))
    }

    @Test func `answers to names it was given`() throws {
        let named = try HostPolicy(bound: IPAddress(v4: 0x0A00_0001), names: ["Map.Example.org"])
        for authority in ["map.example.org", "MAP.example.org:8899", "10.0.0.1:8899", "localhost"] {
            #expect(named.allows(authority: authority))
        }
        for authority in ["example.org", "x.map.example.org", "10.0.0.2", "map.example.org.", "evil.example"]
        {
            #expect(!named.allows(authority: authority))
        }
    }

    @Test func `on all addresses answers to any address, and still to no foreign name`() throws {
        for bound in ["0.0.0.0", "::"] {
            let policy = try HostPolicy(bound: try #require(IPAddress(bound)))
            #expect(policy.allows(authority: "10.1.2.3:8899"))
            #expect(policy.allows(authority: "[2001:db8::1]"))
            #expect(!policy.allows(authority: "evil.example"))
        }
    }

    @Test(arguments: [
        "", "http://map", "map:80", "a..b", "map/", String(repeating: "a", count: 64), "a b", "*.example",
    ])
    func `takes host names only`(name: String) {
        #expect(throws: ServerError.self) { try HostPolicy(bound: IPAddress(v4: 0x7F00_0001), names: [name]) }
    }

    @Test func `behind TLS knows its own origin`() throws {
        let policy = try HostPolicy(bound: IPAddress(v4: 0x7F00_0001), isSecure: true)
        #expect(policy.allows(origin: "https://localhost:8899", authority: "localhost:8899"))
        #expect(!policy.allows(origin: "http://localhost:8899", authority: "localhost:8899"))
    }
}
