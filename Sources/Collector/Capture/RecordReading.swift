// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What a reader of a capture format made of the bytes it was offered.
struct ReadStep {
    /// Bytes that are finished with.
    var consumed = 0
    var frameCount = 0
    /// Bytes that must be there, counted from the first unfinished one, to go on.
    var needed = 0
    /// Why it cannot go on at all.
    var fault: RecordFault?
}

/// What is wrong with a record, at the first unfinished byte.
enum RecordFault: Equatable {
    /// More captured bytes than any frame has.
    case capturedLength(UInt32)
    /// A record whose header is zeros, as of a part of the file that was never written.
    case zeros
    /// A block's length that no block has.
    case blockLength(UInt32)
    /// A block's two lengths contradict each other.
    case blockLengths(UInt32, UInt32)
    case byteOrderMagic
    case sectionVersion(UInt16)

    /// What a person reads, behind "damaged at byte N: ".
    var text: String {
        switch self {
        case .capturedLength(let length):
            "a record claims \(length) captured bytes"
        case .zeros:
            "a record consists of zeros"
        case .blockLength(let length):
            "a block claims a length of \(length) bytes"
        case .blockLengths(let first, let second):
            "a block says it has \(first) bytes at its beginning and \(second) at its end"
        case .byteOrderMagic:
            "a section does not begin with its byte-order magic"
        case .sectionVersion(let version):
            "a section has the unknown version \(version)"
        }
    }
}

/// The integers of a capture file, in the byte order it was written in.
struct FileByteOrder: BitwiseCopyable, Equatable {
    let isBigEndian: Bool

    /// The integer at an offset that the caller has checked to be inside.
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ bytes: RawSpan, at offset: Int) -> T {
        isBigEndian ? bytes.bigEndian(type, at: offset) : bytes.littleEndian(type, at: offset)
    }

    /// The integer at an offset; nothing is checked again.
    ///
    /// - Precondition: The caller has checked that all of it is inside.
    @inline(__always)
    func checked<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type,
        _ bytes: RawSpan,
        at offset: Int
    ) -> T {
        let value = bytes.checkedInteger(type, at: offset)
        return isBigEndian ? T(bigEndian: value) : T(littleEndian: value)
    }
}
