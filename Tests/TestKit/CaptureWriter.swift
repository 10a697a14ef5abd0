// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Writes the bytes of capture files.
package enum CaptureWriter {
    package enum ByteOrder: Sendable, CaseIterable {
        case littleEndian
        case bigEndian
    }

    /// One frame to be written.
    package struct Frame: Sendable {
        package var time: Timestamp
        package var bytes: [UInt8]
        /// `nil` for as many as `bytes` has.
        package var wireLength: Int?
        /// pcapng: the index of its interface.
        package var interface: UInt32

        package init(_ time: Timestamp, _ bytes: [UInt8], wireLength: Int? = nil, interface: UInt32 = 0) {
            self.time = time
            self.bytes = bytes
            self.wireLength = wireLength
            self.interface = interface
        }

        /// A frame so many nanoseconds after 2023-11-14 22:13:20 UTC.
        package init(at nanoseconds: Int64, _ bytes: [UInt8], wireLength: Int? = nil, interface: UInt32 = 0) {
            let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + nanoseconds)
            self.init(time, bytes, wireLength: wireLength, interface: interface)
        }
    }

    /// Appends the bytes of an integer in a byte order.
    package static func append<T: FixedWidthInteger>(_ value: T, _ order: ByteOrder, to bytes: inout [UInt8])
    {
        let big = PacketBuilder.bytes(value)
        bytes += order == .bigEndian ? big : big.reversed()
    }

    // MARK: - Classic pcap

    /// The variants of the classic format, by magic number.
    package enum PcapKind: UInt32, Sendable, CaseIterable {
        case microseconds = 0xA1B2_C3D4
        case nanoseconds = 0xA1B2_3C4D
        /// Kuznetzov's, whose records carry eight bytes more.
        case modified = 0xA1B2_CD34
    }

    /// The 24 bytes that begin a classic file.
    package static func pcapHeader(
        linkType: UInt32 = 1,
        order: ByteOrder = .littleEndian,
        kind: PcapKind = .nanoseconds,
        minorVersion: UInt16 = 4,
        snapLength: UInt32 = 262_144
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        append(kind.rawValue, order, to: &bytes)
        append(UInt16(2), order, to: &bytes)
        append(minorVersion, order, to: &bytes)
        append(UInt64(0), order, to: &bytes)
        append(snapLength, order, to: &bytes)
        append(linkType, order, to: &bytes)
        return bytes
    }

    /// One record of a classic file; both lengths can be made to lie.
    package static func pcapRecord(
        _ frame: Frame,
        order: ByteOrder = .littleEndian,
        kind: PcapKind = .nanoseconds,
        claimedLength: UInt32? = nil
    ) -> [UInt8] {
        let (seconds, fraction) = frame.time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        var bytes: [UInt8] = []
        append(UInt32(truncatingIfNeeded: seconds), order, to: &bytes)
        let units = kind == .nanoseconds ? fraction : fraction / 1_000
        append(UInt32(truncatingIfNeeded: units), order, to: &bytes)
        append(claimedLength ?? UInt32(truncatingIfNeeded: frame.bytes.count), order, to: &bytes)
        append(UInt32(truncatingIfNeeded: frame.wireLength ?? frame.bytes.count), order, to: &bytes)
        if kind == .modified { bytes += [0, 0, 0, 0, 0, 0, 0, 0] }
        return bytes + frame.bytes
    }

    /// A whole classic file.
    package static func pcap(
        _ frames: [Frame],
        linkType: UInt32 = 1,
        order: ByteOrder = .littleEndian,
        kind: PcapKind = .nanoseconds
    ) -> [UInt8] {
        frames.reduce(into: pcapHeader(linkType: linkType, order: order, kind: kind)) { file, frame in
            file += pcapRecord(frame, order: order, kind: kind)
        }
    }
}
