// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Reads the records of a classic capture file, without copying a byte.
///
/// ```text
///  file    magic 4 | version 2+2 | zone 4 | accuracy 4 | snap length 4 | link type 4
///  record  seconds 4 | fraction 4 | captured 4 | wire 4 | [Kuznetzov: 8 more] | bytes …
/// ```
///
/// Knows no file and no buffer: it is offered bytes and says how far it came.
///
/// - SeeAlso: draft-ietf-opsawg-pcap.
struct PcapReader {
    static let headerLength = 24
    /// Captured and wire length were the other way round before version 2.3, and in either order
    /// in 2.3 (and in DG/UX's 2.543).
    private enum LengthOrder {
        case capturedFirst
        case wireFirst
        case smallerFirst
    }

    let order: FileByteOrder
    let nanosecondsPerUnit: Int64
    let unitsPerSecond: UInt32
    let recordHeaderLength: Int
    private let lengthOrder: LengthOrder
    let snapLength: UInt32
    /// LINKTYPE_ value, without the bits that tell of a frame check sequence.
    let linkType: UInt32

    /// Reads the file header; `nil` where the bytes do not begin a classic file of version 2.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.headerLength, let magic = Magic(bytes) else { return nil }
        order = magic.order
        nanosecondsPerUnit = magic.isNanosecond ? 1 : 1_000
        unitsPerSecond = magic.isNanosecond ? 1_000_000_000 : 1_000_000
        recordHeaderLength = magic.isModified ? 24 : 16
        guard order.load(UInt16.self, bytes, at: 4) == 2 else { return nil }
        switch order.load(UInt16.self, bytes, at: 6) {
        case 0...2, 543: lengthOrder = .wireFirst
        case 3: lengthOrder = .smallerFirst
        default: lengthOrder = .capturedFirst
        }
        let claimed = order.load(UInt32.self, bytes, at: 16)
        let limit = UInt32(CaptureLimits.maximumFrameLength)
        snapLength = claimed == 0 || claimed > limit ? limit : claimed
        linkType = order.load(UInt32.self, bytes, at: 20) & 0x03FF_FFFF
    }

    /// Hands over the frames that lie whole in some bytes, the first of which begins a record.
    ///
    /// - Parameters:
    ///   - bytes: Unread bytes.
    ///   - body: Takes a frame and the offset of its bytes, or says `false` to stop before it.
    /// - Returns: How far it came.
    @inline(__always)
    func deliver(_ bytes: RawSpan, to body: (borrowing CapturedFrame, Int) -> Bool) -> ReadStep {
        // The order of bytes is decided once, and not at each of four integers.
        order.isBigEndian
            ? deliver(bytes, FileByteOrder(isBigEndian: true), to: body)
            : deliver(bytes, FileByteOrder(isBigEndian: false), to: body)
    }

    @inline(__always)
    private func deliver(
        _ bytes: RawSpan,
        _ order: FileByteOrder,
        to body: (borrowing CapturedFrame, Int) -> Bool
    ) -> ReadStep {
        var step = ReadStep()
        var offset = 0
        let count = bytes.byteCount
        while true {
            guard count &- offset >= recordHeaderLength else {
                step.needed = recordHeaderLength
                break
            }
            let seconds = order.checked(UInt32.self, bytes, at: offset)
            let fraction = order.checked(UInt32.self, bytes, at: offset &+ 4)
            let (captured, wire) = checkedLengths(bytes, order, at: offset)
            guard captured <= UInt32(CaptureLimits.maximumFrameLength) else {
                step.fault = .capturedLength(captured)
                break
            }
            guard captured > 0 || wire | seconds | fraction != 0 else {
                step.fault = .zeros
                break
            }
            let start = offset &+ recordHeaderLength
            let end = start &+ Int(captured)
            guard end <= count else {
                step.needed = recordHeaderLength &+ Int(captured)
                break
            }
            let isTaken = body(
                CapturedFrame(
                    timestamp: timestamp(seconds, fraction),
                    interfaceNumber: 0,
                    linkType: linkType,
                    // A frame had at least the bytes we have of it, whatever the record claims.
                    wireLength: Int(max(captured, wire)),
                    // Sound: both ends were checked.
                    bytes: unsafe bytes.extracting(unchecked: Range(uncheckedBounds: (start, end)))
                ),
                start
            )
            guard isTaken else { break }
            step.frameCount &+= 1
            offset = end
        }
        step.consumed = offset
        return step
    }

    /// Looks at the times of the records that lie whole in some bytes, and at nothing else.
    func survey(_ bytes: RawSpan, _ survey: inout OrderSurvey) {
        if order.isBigEndian {
            self.survey(bytes, FileByteOrder(isBigEndian: true), &survey)
        } else {
            self.survey(bytes, FileByteOrder(isBigEndian: false), &survey)
        }
    }

    @inline(__always)
    private func survey(_ bytes: RawSpan, _ order: FileByteOrder, _ survey: inout OrderSurvey) {
        var offset = 0
        let last = bytes.byteCount - recordHeaderLength
        while offset <= last {
            let captured = checkedLengths(bytes, order, at: offset).captured
            let end = offset &+ recordHeaderLength &+ Int(captured)
            // What is odd is left to `deliver`.
            guard captured > 0, captured <= UInt32(CaptureLimits.maximumFrameLength), end <= bytes.byteCount,
                survey.note(
                    timestamp(
                        order.checked(UInt32.self, bytes, at: offset),
                        order.checked(UInt32.self, bytes, at: offset &+ 4)
                    )
                )
            else { break }
            offset = end
        }
        survey.length = offset
    }

    /// 32 bits of seconds and of fractions fit into 64 bits of nanoseconds together.
    @inline(__always)
    private func timestamp(_ seconds: UInt32, _ fraction: UInt32) -> Timestamp {
        Timestamp(nanoseconds: Int64(seconds) &* 1_000_000_000 &+ Int64(fraction) &* nanosecondsPerUnit)
    }

    /// Whether an unfinished record at the end of the input is one that was cut short, and not
    /// one whose lengths were overwritten.
    func isPlausible(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= recordHeaderLength else { return true }
        let (captured, wire) = checkedLengths(bytes, order, at: 0)
        return captured <= wire && captured <= snapLength
            && order.load(UInt32.self, bytes, at: 4) < unitsPerSecond
    }

    /// The two lengths of a record, whichever comes first; the caller has checked that its header
    /// is there.
    @inline(__always)
    func checkedLengths(
        _ bytes: RawSpan,
        _ order: FileByteOrder,
        at offset: Int
    ) -> (captured: UInt32, wire: UInt32) {
        let first = order.checked(UInt32.self, bytes, at: offset &+ 8)
        let second = order.checked(UInt32.self, bytes, at: offset &+ 12)
        switch lengthOrder {
        case .capturedFirst: return (first, second)
        case .wireFirst: return (second, first)
        case .smallerFirst: return (min(first, second), max(first, second))
        }
    }
}

extension PcapReader {
    /// The first four bytes: byte order, resolution and record layout in one.
    struct Magic {
        let order: FileByteOrder
        let isNanosecond: Bool
        let isModified: Bool

        init?(_ bytes: RawSpan) {
            guard bytes.byteCount >= 4 else { return nil }
            let value = bytes.bigEndian(UInt32.self, at: 0)
            let isBigEndian: Bool
            switch value {
            case 0xA1B2_C3D4, 0xA1B2_3C4D, 0xA1B2_CD34: isBigEndian = true
            case 0xD4C3_B2A1, 0x4D3C_B2A1, 0x34CD_B2A1: isBigEndian = false
            default: return nil
            }
            order = FileByteOrder(isBigEndian: isBigEndian)
            let magic = isBigEndian ? value : value.byteSwapped
            isNanosecond = magic == 0xA1B2_3C4D
            isModified = magic == 0xA1B2_CD34
        }
    }
}
