// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Server
import Testing

@Suite struct `Host policy` {
    private let policy = HostPolicy(bound: IPAddress(v4: 0x7F00_0001))

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
}
