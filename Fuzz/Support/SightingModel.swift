// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What `SightingTable` promises, in a dictionary that forgets nothing.
///
/// A repeat in a view whose packets have no identification is a further copy, and a frame is a
/// first sighting exactly if no view has seen as many copies.
struct SightingModel {
    struct View: Hashable {
        let serial: UInt32
        let tag: UInt16
    }

    struct Frame {
        let hash: UInt64
        let view: View
        let time: Timestamp

        var hasIdentification: Bool { hash & 1 == 1 }
        var direction: FlowDirection { view.tag & 1 == 0 ? .fromOriginator : .fromResponder }
    }

    struct Verdict: Equatable {
        var isFirst: Bool
        var isNewToPoint: Bool
        var rank: Int
        var firstSerial: UInt32
        var firstDirection: FlowDirection
    }

    private struct Packet {
        var first: Frame
        var views: [View: Int]
        /// More than there are serials in `views` where a packet has more views than are kept.
        var points = 1
    }

    private var packets: [UInt64: Packet] = [:]

    mutating func register(_ frame: Frame) -> Verdict {
        let original = Verdict(
            isFirst: true,
            isNewToPoint: true,
            rank: 0,
            firstSerial: frame.view.serial,
            firstDirection: frame.direction
        )
        guard var packet = packets[frame.hash],
            abs(frame.time - packet.first.time) <= SightingTable.horizonNanoseconds
        else {
            packets[frame.hash] = Packet(first: frame, views: [frame.view: 1])
            return original
        }
        defer { packets[frame.hash] = packet }
        let atPoint = packet.views.filter { $0.key.serial == frame.view.serial }.map(\.value).max() ?? 0
        var verdict = Verdict(
            isFirst: false,
            isNewToPoint: atPoint == 0,
            rank: packet.points,
            firstSerial: packet.first.view.serial,
            firstDirection: packet.first.direction
        )
        if atPoint == 0 { packet.points = min(packet.points + 1, 255) }
        guard let known = packet.views[frame.view] else {
            if packet.views.count <= SightingTable.FurtherViews.count {
                packet.views[frame.view] = 1
            } else {
                verdict.isNewToPoint = false
            }
            return verdict
        }
        guard !frame.hasIdentification, known < 255 else { return verdict }
        let copies = packet.views.values.max() ?? 0
        packet.views[frame.view] = known + 1
        verdict.isNewToPoint = known + 1 > atPoint
        guard known + 1 > copies else { return verdict }
        packet.first = frame
        return Verdict(
            isFirst: true,
            isNewToPoint: verdict.isNewToPoint,
            rank: 0,
            firstSerial: original.firstSerial,
            firstDirection: original.firstDirection
        )
    }
}
