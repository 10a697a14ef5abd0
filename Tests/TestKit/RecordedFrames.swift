// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation

/// The frames of a recording, to be changed and written again.
///
/// Reads what tcpdump writes on this kind of machine (classic, little-endian, microseconds) and
/// shares nothing with the readers under test.
package struct RecordedFrames {
    package var frames: [CaptureWriter.Frame] = []
    package var linkType: UInt32 = 0

    /// Reads a file.
    package init(path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func word(_ offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        precondition(word(0) == CaptureWriter.PcapKind.microseconds.rawValue, "not such a recording")
        linkType = word(20)
        var offset = 24
        while offset + 16 <= bytes.count {
            let end = offset + 16 + Int(word(offset + 8))
            let time = Timestamp(seconds: Int64(word(offset)), nanoseconds: Int64(word(offset + 4)) * 1_000)
            frames.append(.init(time, Array(bytes[offset + 16..<end]), wireLength: Int(word(offset + 12))))
            offset = end
        }
    }

    /// Frames whose clock was ahead, on another interface.
    package func shifted(by nanoseconds: Int64, interface: UInt32 = 0) -> [CaptureWriter.Frame] {
        frames.map {
            .init($0.time + nanoseconds, $0.bytes, wireLength: $0.wireLength, interface: interface)
        }
    }

    /// Several recordings as one, as mergecap does it: by time, equals in the order given.
    package static func merged(_ parts: [CaptureWriter.Frame]...) -> [CaptureWriter.Frame] {
        let all = parts.joined().enumerated()
        return all.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}
