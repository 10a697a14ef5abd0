// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// Sums of `http.time` and `dns.time` as tshark 4.0.17 prints them, in nanoseconds.
///
/// tshark's `http.time` is the time from the frame with the last byte of the request to the
/// frame with the last byte of the response. `http.pcap` has segments out of order, so tshark
/// was given `tcp.reassemble_out_of_order:TRUE`; in `sample.pcap` 148 µs between last bytes
/// and the FIN that followed them are taken off (see `docs/conformance.md`).
@Suite struct `Instants agree with tshark` {
    struct Sum: CustomStringConvertible {
        let file: String
        let http: (count: Int, nanoseconds: Int64)
        let dns: (count: Int, nanoseconds: Int64)

        var description: String { file }
    }

    private static let zeek = "zeek__zeek/testing/btest/Traces/"
    private static let pcapPlusPlus = "seladb__PcapPlusPlus/Tests/Pcap++Test/PcapExamples/"

    static let sums: [Sum] = [
        Sum(file: "zeek__try-zeek/manager/static/pcaps/http.pcap", http: (197, 26_006_269_000), dns: (0, 0)),
        Sum(file: zeek + "http/pipelined-requests.pcap", http: (5, 48_282_000), dns: (0, 0)),
        Sum(file: zeek + "socks.pcap", http: (7, 3_979_363_000), dns: (0, 0)),
        Sum(file: zeek + "http/100-continue.pcap", http: (1, 907_545_000), dns: (0, 0)),
        Sum(file: pcapPlusPlus + "one_ipv6_http_stream.pcap", http: (3, 176_085_000), dns: (0, 0)),
        Sum(file: pcapPlusPlus + "one_tcp_stream_max_seq.pcap", http: (2, 417_447_000), dns: (0, 0)),
        Sum(file: pcapPlusPlus + "sll.pcap", http: (2, 267_885_000), dns: (10, 433_376_000)),
        Sum(file: pcapPlusPlus + "many_interfaces-1.pcapng", http: (0, 0), dns: (7, 246_032_000)),
        Sum(file: "lucian__pcap_file_ex/test/fixtures/sample.pcap", http: (4, 3_804_000), dns: (0, 0)),
        Sum(
            file: "Java-Xc__packetbeat/packetbeat/tests/system/pcaps/http_minitwit.pcap",
            http: (6, 24_039_000),
            dns: (0, 0)
        ),
        Sum(file: "stanford-esrg__retina/traces/quic.pcap", http: (0, 0), dns: (10, 68_641_000)),
        Sum(
            file: "deepflowio__deepflow/agent/resources/test/flow_generator/dns/nxdomain.pcap",
            http: (0, 0),
            dns: (3, 1_101_000)
        ),
    ]

    private func sum(
        _ found: CaptureFollowing,
        _ kind: ApplicationProtocol
    ) -> (count: Int, nanoseconds: Int64) {
        let times = found.transactions(kind).compactMap { one in one.responseEnd.map { $0 - one.requestEnd } }
        return (times.count, times.reduce(0, +))
    }

    @Test(arguments: sums)
    func `to the microsecond on public captures`(expected: Sum) throws {
        guard let folder = Corpus.folder else { return }
        let found = try CaptureFollowing(path: "\(folder)/\(expected.file)")
        #expect(sum(found, .http) == expected.http)
        #expect(sum(found, .dns) == expected.dns)
    }

    @Test func `to the microsecond on the cluster recording`() throws {
        guard let path = Checkout.recording("demo-cni0.pcap") else { return }
        let found = try CaptureFollowing(path: path, skipsLinkRepeats: true)
        #expect(sum(found, .dns) == (216, 136_538_000))
        #expect(sum(found, .http) == (780, 21_566_185_000))
    }
}
