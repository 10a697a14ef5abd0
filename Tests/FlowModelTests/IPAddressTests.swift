// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit
import Testing

@Suite struct `IP address text` {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("10.244.0.7", "10.244.0.7"),
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("2001:db8::1", "2001:db8::1"),
        // RFC 5952 section 4.1 to 4.3: leading zeros, runs, letters.
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:DB8::AbCd", "2001:db8::abcd"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("1:0:0:0:0:0:0:0", "1::"),
        ("1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("fe80::a:b", "fe80::a:b"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        // Section 5: the mapped form is known by its prefix.
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("::ffff:c000:0201", "::ffff:192.0.2.1"),
    ])
    func `is read and written in the one recommended form`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(address.description) == address)
    }

    @Test(arguments: [
        "", " ", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1",
        "1.2.3.999",
        "01.2.3.4", "1.2.3.04", "00.0.0.0", "+1.2.3.4", "-1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n",
        "1.2.3.4\u{0}",
        "0x1.2.3.4", "1.2.3.4/24", "1.2.3.4:80", "１.2.3.4", "1.2.3.\u{0664}", "1,2,3,4",
        ":1", "1:", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
        "::1::",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::-1", "::-0", "::+1", "::0x1",
        "fe80::1%eth0",
        "::1/128", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::", "::256.0.0.1",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::\u{FF11}", "[::1]", "::1\u{301}", "1:\u{301}:2",
    ])
    func `refuses what is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `refuses endless text quickly`() {
        #expect(IPAddress(String(repeating: "1:", count: 100_000)) == nil)
        #expect(IPAddress(String(repeating: "1.", count: 100_000)) == nil)
        #expect(IPAddress(String(repeating: ":", count: 100_000)) == nil)
    }

    @Test func `survives the round trip for any bits`() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            // Sparse groups, so that runs of zeros of every length come up.
            let mask = (0..<4).reduce(UInt64(0)) { word, _ in
                word << 16 | (Bool.random(using: &generator) ? 0xFFFF : 0)
            }
            let address = IPAddress(high: generator.next() & mask, low: generator.next() & ~mask)
            #expect(IPAddress(address.description) == address)
            let v4 = IPAddress(v4: UInt32(truncatingIfNeeded: generator.next()))
            #expect(IPAddress(v4.description) == v4)
        }
    }

    @Test func `does not take random text for more than it is`() {
        var generator = SeededGenerator(seed: 12)
        let alphabet = Array("0123456789abcdefF:.%/- ")
        for _ in 0..<20_000 {
            let length = Int(generator.next() % 24)
            let text = String(
                (0..<length).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
            )
            guard let address = IPAddress(text) else { continue }
            #expect(IPAddress(address.description) == address)
        }
    }

    @Test func `keeps mapped and plain IPv4 apart`() throws {
        let mapped = try #require(IPAddress("::ffff:10.0.0.1"))
        let plain = try #require(IPAddress("10.0.0.1"))
        #expect(mapped != plain)
        #expect((mapped.high, mapped.low) == (plain.high, plain.low))
    }
}

@Suite struct `IP address classes` {
    @Test(arguments: [
        ("9.255.255.255", false), ("10.0.0.0", true), ("10.255.255.255", true), ("11.0.0.0", false),
        ("172.15.255.255", false), ("172.16.0.0", true), ("172.31.255.255", true), ("172.32.0.0", false),
        ("192.167.255.255", false), ("192.168.0.0", true), ("192.169.0.0", false),
        ("100.63.255.255", false), ("100.64.0.0", true), ("100.127.255.255", true), ("100.128.0.0", false),
        ("127.0.0.1", true), ("169.254.0.1", true), ("8.8.8.8", false),
        ("fc00::", true), ("fdff::1", true), ("fe00::", false), ("fe80::1", true), ("febf::1", true),
        ("fec0::", false), ("::1", true), ("2001:db8::1", false),
    ])
    func `know what is not routed on the internet`(text: String, isPrivate: Bool) throws {
        #expect(try #require(IPAddress(text)).isPrivate == isPrivate)
    }

    @Test(arguments: [
        ("223.255.255.255", false), ("224.0.0.0", true), ("239.255.255.255", true), ("240.0.0.0", false),
        ("ff02::1", true), ("feff::", false),
    ])
    func `know multicast`(text: String, isMulticast: Bool) throws {
        #expect(try #require(IPAddress(text)).isMulticast == isMulticast)
    }

    @Test func `are ordered by version, then by number`() throws {
        let texts = ["2.0.0.0", "10.0.0.0", "255.255.255.255", "::", "::1", "1::", "2001:db8::"]
        let addresses = try texts.map { try #require(IPAddress($0)) }
        #expect(addresses.reversed().sorted() == addresses)
    }
}
