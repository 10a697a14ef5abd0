// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Inner packets as `tshark -T fields` shows them.
@Suite struct `Tunnels in public captures` {
    private struct Fact {
        let file: String
        let frame: Int
        let transport: TransportProtocol
        let source: String
        let destination: String
        let ports: (UInt16, UInt16)
        let outer: (String, String)?
        var count: UInt8 = 1
    }

    private static let vxlan = "AlexeyVasilev__PcapFlowLab/tests/data/parsing/vxlan/"
    private static let zeek = "zeek__zeek/testing/btest/Traces/tunnels/"

    private static let facts = [
        Fact(
            file: zeek + "vxlan-encapsulated-http.pcap",
            frame: 4,
            transport: .tcp,
            source: "172.16.11.201",
            destination: "54.86.237.188",
            ports: (40_354, 80),
            outer: ("10.1.200.131", "10.1.1.172")
        ),
        Fact(
            file: vxlan + "23_vxlan_identity_outer_and_inner_vlan_splits.pcap",
            frame: 1,
            transport: .tcp,
            source: "10.71.0.10",
            destination: "10.71.0.20",
            ports: (56_010, 443),
            outer: ("203.0.113.74", "203.0.113.75")
        ),
        Fact(
            file: vxlan + "23_vxlan_identity_outer_and_inner_vlan_splits.pcap",
            frame: 3,
            transport: .tcp,
            source: "10.71.0.10",
            destination: "10.71.0.20",
            ports: (56_011, 443),
            outer: ("203.0.113.76", "203.0.113.77")
        ),
        Fact(
            file: vxlan + "11_vxlan_inner_ipv4_tcp_bidirectional.pcap",
            frame: 2,
            transport: .tcp,
            source: "10.40.0.20",
            destination: "10.40.0.10",
            ports: (443, 49_440),
            outer: ("203.0.113.40", "203.0.113.41")
        ),
        Fact(
            file: "skydive-project__skydive/flow/pcaptraces/vxlan-icmpv4-truncated.pcap",
            frame: 1,
            transport: .icmp,
            source: "192.168.0.1",
            destination: "192.168.0.2",
            ports: (0, 0),
            outer: ("172.16.0.1", "172.16.0.2")
        ),
        Fact(
            file: "deepflowio__deepflow/agent/resources/test/common/ip6-vxlan.pcap",
            frame: 1,
            transport: .tcp,
            source: "2409:8086:8911:3123::7e3",
            destination: "2409:8086:8911:3123::7d1",
            ports: (30_100, 47_202),
            outer: ("2409:8086:8911:1901::23f", "2409:8086:8911:1901::23d")
        ),
        Fact(
            file: "mtottenh__pcapsql/fuzz/corpus/fuzz_pcap_reader/triple_encap_vxlan_ipinip.pcap",
            frame: 1,
            transport: .udp,
            source: "192.168.1.100",
            destination: "192.168.1.200",
            ports: (10_000, 53),
            outer: ("10.0.0.1", "10.0.0.2"),
            count: 2
        ),
        Fact(
            file: "the-tcpdump-group__tcpdump/tests/gso-ipv6-vxlan-ipv4.pcap",
            frame: 1,
            transport: .tcp,
            source: "192.168.1.2",
            destination: "192.168.1.1",
            ports: (34_737, 42_261),
            outer: ("2604:1380:4091:ce00::b", "2604:1380:4091:ce00::d")
        ),
        Fact(
            file: "the-tcpdump-group__tcpdump/tests/gso-ipv4-geneve-ipv6.pcap",
            frame: 1,
            transport: .tcp,
            source: "fd00::2",
            destination: "fd00::1",
            ports: (34_235, 37_399),
            outer: ("10.25.132.11", "10.25.132.13")
        ),
        Fact(
            file: "the-tcpdump-group__tcpdump/tests/geneve.pcap",
            frame: 3,
            transport: .tcp,
            source: "30.0.0.2",
            destination: "30.0.0.1",
            ports: (51_225, 22),
            outer: ("20.0.0.2", "20.0.0.1")
        ),
        Fact(
            file: "the-tcpdump-group__tcpdump/tests/geneve-gcp.pcap",
            frame: 1,
            transport: .tcp,
            source: "192.168.100.2",
            destination: "192.168.100.1",
            ports: (2_905, 8_080),
            outer: ("192.168.100.254", "192.168.100.3")
        ),
        Fact(
            file: "cisco__mercury/unit_tests/pcaps/geneve.pcap",
            frame: 4,
            transport: .tcp,
            source: "30.0.0.1",
            destination: "30.0.0.2",
            ports: (22, 51_225),
            outer: ("20.0.0.1", "20.0.0.2")
        ),
        Fact(
            file: "AlexeyVasilev__PcapFlowLab/tests/data/parsing/geneve/01_geneve_inner_ipv4_tcp.pcap",
            frame: 1,
            transport: .tcp,
            source: "10.50.0.10",
            destination: "10.50.0.20",
            ports: (49_550, 443),
            outer: ("203.0.113.50", "203.0.113.51")
        ),
        // The inner packet is no IP, so it stays a datagram.
        Fact(
            file:
                "AlexeyVasilev__PcapFlowLab/tests/data/parsing/geneve/10_geneve_unsupported_protocol_type.pcap",
            frame: 1,
            transport: .udp,
            source: "203.0.113.50",
            destination: "203.0.113.51",
            ports: (54_009, 6_081),
            outer: nil,
            count: 0
        ),
        Fact(
            file: zeek + "geneve-ipv6.pcap",
            frame: 2,
            transport: .udp,
            source: "fd00::2",
            destination: "fd00::1",
            ports: (40_001, 40_000),
            outer: ("10.0.0.1", "10.0.0.2")
        ),
        Fact(
            file: zeek + "gre-sample.pcap",
            frame: 1,
            transport: .icmp,
            source: "66.59.111.190",
            destination: "172.28.2.3",
            ports: (0, 0),
            outer: ("172.27.1.66", "66.59.109.137")
        ),
        Fact(
            file: zeek + "tunnel-direct-bypass.pcap",
            frame: 2,
            transport: .tcp,
            source: "10.20.0.1",
            destination: "10.20.0.2",
            ports: (44_444, 80),
            outer: ("192.0.2.1", "198.51.100.1")
        ),
        Fact(
            file: "mtottenh__pcapsql/fuzz/corpus/fuzz_pcap_reader/gre_keyed.pcap",
            frame: 2,
            transport: .tcp,
            source: "172.16.0.1",
            destination: "172.16.0.2",
            ports: (33_333, 8_081),
            outer: ("203.0.113.1", "203.0.113.2")
        ),
        Fact(
            file: "AlexeyVasilev__PcapFlowLab/tests/data/parsing/gre/03_gre_ipv6_tcp.pcap",
            frame: 1,
            transport: .tcp,
            source: "2001:db8:31::10",
            destination: "2001:db8:31::20",
            ports: (49_152, 443),
            outer: ("192.0.2.30", "198.51.100.30")
        ),
        Fact(
            file: "skydive-project__skydive/flow/pcaptraces/gre-mpls-icmpv4.pcap",
            frame: 2,
            transport: .icmp,
            source: "172.16.0.1",
            destination: "192.168.0.2",
            ports: (0, 0),
            outer: ("172.16.0.1", "172.16.0.2")
        ),
    ]

    @Test func `lead to the packets that tshark shows`() throws {
        guard let corpus = Corpus.folder else { return }
        for fact in Self.facts {
            let path = "\(corpus)/\(fact.file)"
            let headers = try #require(try Self.headers(path, frame: fact.frame), "\(fact.file)")
            #expect(headers.transport == fact.transport, "\(fact.file)")
            #expect(headers.source == IPAddress(fact.source), "\(fact.file)")
            #expect(headers.destination == IPAddress(fact.destination), "\(fact.file)")
            #expect(headers.sourcePort == fact.ports.0, "\(fact.file)")
            #expect(headers.destinationPort == fact.ports.1, "\(fact.file)")
            #expect(headers.tunnelCount == fact.count, "\(fact.file)")
            guard let outer = fact.outer else { continue }
            #expect(headers.outerSource == IPAddress(outer.0), "\(fact.file)")
            #expect(headers.outerDestination == IPAddress(outer.1), "\(fact.file)")
        }
    }

    private static func headers(_ path: String, frame number: Int) throws -> PacketHeaders? {
        var source = try SavefilePacketSource(path: path)
        var found: PacketHeaders?
        var count = 0
        reading: while count < number {
            let progress = try source.read { frame in
                count += 1
                guard count == number else { return }
                found = try? PacketHeaders.decode(frame.bytes, linkType: frame.linkType)
            }
            if progress == .ended { break reading }
        }
        return found
    }
}
