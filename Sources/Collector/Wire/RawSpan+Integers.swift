// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension RawSpan {
    /// The big-endian integer at an offset that lies inside a header whose view has checked that
    /// all of it is there.
    ///
    /// Only for views: a header is checked once, and its fields are then read as they are.
    @inline(__always)
    func checkedField<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        T(bigEndian: checkedInteger(type, at: offset))
    }

    /// The big-endian integer at an offset that the caller has checked to be inside.
    @inline(__always)
    func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        // Sound: the load itself checks its bounds, and any bits are a fixed-width integer.
        T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The little-endian integer at an offset that the caller has checked to be inside.
    @inline(__always)
    func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        bigEndian(type, at: offset).byteSwapped
    }

    /// The integer at an offset that the caller has checked to be inside, in the byte order of this
    /// machine; for loops in which one check is enough for several integers.
    @inline(__always)
    func checkedInteger<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
        assert(offset >= 0 && offset + MemoryLayout<T>.size <= byteCount)
        // Sound: the caller has checked, and any bits are a fixed-width integer.
        return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)
    }

    /// The byte at an offset that the caller has checked to be inside.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 { bigEndian(UInt8.self, at: offset) }
}
