// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension RawSpan {
    /// The big-endian integer at an offset that the caller has checked to be inside.
    func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        // Sound: the load itself checks its bounds, and any bits are a fixed-width integer.
        T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The little-endian integer at an offset that the caller has checked to be inside.
    func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        bigEndian(type, at: offset).byteSwapped
    }

    /// The byte at an offset that the caller has checked to be inside.
    func byte(at offset: Int) -> UInt8 { bigEndian(UInt8.self, at: offset) }
}
