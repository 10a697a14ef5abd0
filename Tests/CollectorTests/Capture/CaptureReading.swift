// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation

/// Everything a source said about a capture.
struct CaptureReading {
    struct Frame: Equatable {
        var nanoseconds: Int64
        var interfaceNumber: UInt32
        var linkType: UInt32
        var wireLength: Int
        var bytes: [UInt8]
    }

    var frames: [Frame] = []
    var damage = SourceDamage()
    var identity: String?
    var error: CaptureError?
    var skippedRecords: CaptureError?

    /// Reads a file, or standard input for `-`, to its end.
    init(path: String) {
        do throws(CaptureError) {
            var source = try SavefilePacketSource(path: path)
            do throws(CaptureError) {
                var isReading = true
                while isReading {
                    let before = frames.count
                    let progress = try source.read { frames.append(Self.copy($0)) }
                    isReading = progress != .ended
                    precondition(
                        (progress == .delivered) == (frames.count > before),
                        "progress without frames"
                    )
                }
            } catch {
                self.error = error
                let after = try source.read { _ in preconditionFailure("a frame behind an error") }
                precondition(after == .ended, "an error that is not the end")
            }
            damage = source.damage
            identity = source.identity?.text
            skippedRecords = source.skippedRecords
            precondition(source.frameCount == frames.count, "frames that were not counted")
        } catch {
            self.error = error
        }
    }

    /// Reads bytes as a file of that content.
    init(_ content: [UInt8]) throws {
        let path = NSTemporaryDirectory() + "svcmap-\(UUID().uuidString).capture"
        try Data(content).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        self.init(path: path)
    }

    /// Reads bytes from a pipe, which is how standard input comes.
    init(stream content: [UInt8]) throws {
        let pipe = Pipe()
        let writer = Thread {
            // The reader may give up early, which breaks the pipe.
            try? pipe.fileHandleForWriting.write(contentsOf: Data(content))
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        self.init(path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
        try pipe.fileHandleForReading.close()
    }

    private static func copy(_ frame: borrowing CapturedFrame) -> Frame {
        let bytes = frame.bytes
        return Frame(
            nanoseconds: frame.timestamp.nanoseconds,
            interfaceNumber: frame.interfaceNumber,
            linkType: frame.linkType,
            wireLength: frame.wireLength,
            // Sound: copied while the frame is borrowed.
            bytes: unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        )
    }
}
