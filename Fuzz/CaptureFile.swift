// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation

/// What a source made of its input, frame by frame.
private struct Reading: Equatable {
    var frames: [Frame] = []
    var damage = SourceDamage()
    var code: CaptureError.Code?

    struct Frame: Equatable {
        let timestamp: Timestamp
        let interface: UInt32
        let linkType: UInt32
        let wireLength: Int
        let capturedLength: Int
    }

    init(path: String) {
        do throws(CaptureError) {
            var source = try SavefilePacketSource(path: path)
            var frames: [Frame] = []
            do throws(CaptureError) {
                while try source.read({ frame in
                    require(
                        frame.bytes.byteCount <= CaptureLimits.maximumBlockLength,
                        "a frame beyond the limit"
                    )
                    require(frame.wireLength >= 0, "a negative length")
                    frames.append(
                        Frame(
                            timestamp: frame.timestamp,
                            interface: frame.interfaceNumber,
                            linkType: frame.linkType,
                            wireLength: frame.wireLength,
                            capturedLength: frame.bytes.byteCount
                        )
                    )
                }) != .ended {}
            } catch {
                code = error.code
            }
            require(UInt64(frames.count) == source.frameCount, "frames handed over are counted wrongly")
            self.frames = frames
            damage = source.damage
        } catch {
            code = error.code
        }
    }
}

/// A pipe takes this much before it makes its writer wait, as Linux makes them.
private let pipeCapacity = 65_536

/// A capture file, read as a file and as a stream: both must say the same.
func fuzzCaptureFile(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    unsafe ScratchFile.write(start, count)
    let asFile = Reading(path: ScratchFile.path)
    guard count <= pipeCapacity else { return 0 }
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return -1 }
    let written = unsafe write(ends[1], start, count)
    close(ends[1])
    let asStream = Reading(path: "/proc/self/fd/\(ends[0])")
    close(ends[0])
    guard written == count else { return -1 }
    require(asFile == asStream, "a stream is read otherwise than a file:\n\(asFile)\n\(asStream)")
    return 0
}
