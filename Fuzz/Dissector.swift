// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation

/// How often steps are played, chosen by three bits: state that grows with traffic shows.
private let repetitions = [1, 1, 1, 1, 1, 2, 16, 64]
/// Bytes played in all: an input should not take a second.
private let longestPlay = 1 << 18

/// A conversation of the protocol that the environment names: see `fuzz(_:_:_:)`.
func fuzzDissector(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let name = ProcessInfo.processInfo.environment["FUZZ_PROTOCOL"] ?? ""
    guard let presumed = PresumedProtocol.all.first(where: { $0.name == name }) else {
        let names = PresumedProtocol.all.map(\.name).joined(separator: " ")
        require(false, "FUZZ_PROTOCOL is \"\(name)\", and not one of \(names)")
        return 0
    }
    return unsafe fuzz(presumed, start, count)
}

/// A conversation that goes straight to the dissector of a protocol.
///
/// The bits of the first byte say who is the client, which sides begin in the middle of a message,
/// whether the beginning was seen, whether the flow ends, and how often the steps are repeated;
/// steps of `StreamScript` or of `playDatagrams` follow.
func fuzz(_ presumed: PresumedProtocol, _ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    let setup = input.byte()
    let steps = input.takeAll()
    var harness = FollowerHarness(
        presuming: presumed,
        client: setup & 1 == 0 ? .fromOriginator : .fromResponder,
        isOriginatorAligned: setup & 2 == 0,
        isResponderAligned: setup & 4 == 0,
        isFromStart: setup & 8 == 0
    )
    let wanted = repetitions[Int(setup >> 5)]
    let plays = max(1, min(wanted, longestPlay / max(1, steps.byteCount)))
    if presumed.transport == .udp {
        for _ in 0..<plays { playDatagrams(steps, on: &harness) }
    } else {
        var script = StreamScript(responderStart: 9_000)
        if setup & 8 == 0 { script.connect(&harness) }
        for _ in 0..<plays { script.play(steps, on: &harness) }
    }
    harness.checkMemory()
    harness.finish(closes: setup & 16 == 0)
    return 0
}
