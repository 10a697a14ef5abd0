// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension CaptureWriter {
    /// What an interface description block says.
    package struct Interface: Sendable {
        package var linkType: UInt16
        package var snapLength: UInt32
        /// The raw `if_tsresol`; `nil` for none, which means microseconds.
        package var resolution: UInt8?
        /// `if_tsoffset` in seconds.
        package var offsetSeconds: Int64?

        package init(
            linkType: UInt16 = 1,
            snapLength: UInt32 = 262_144,
            resolution: UInt8? = 9,
            offsetSeconds: Int64? = nil
        ) {
            self.linkType = linkType
            self.snapLength = snapLength
            self.resolution = resolution
            self.offsetSeconds = offsetSeconds
        }

        /// Nanoseconds as ticks of this interface, rounded down.
        func ticks(_ nanoseconds: Int64) -> UInt64 {
            let local = nanoseconds - (offsetSeconds ?? 0) * 1_000_000_000
            let code = resolution ?? 6
            guard code & 0x80 == 0 else {
                let (seconds, rest) = local.quotientAndRemainder(dividingBy: 1_000_000_000)
                let shift = UInt64(code & 0x7F)
                return UInt64(bitPattern: seconds) << shift + UInt64(bitPattern: rest) << shift
                    / 1_000_000_000
            }
            let divisor = (min(9, code)..<9).reduce(Int64(1)) { product, _ in product * 10 }
            let factor = (9..<max(9, code)).reduce(Int64(1)) { product, _ in product &* 10 }
            return UInt64(bitPattern: local / divisor &* factor)
        }
    }

    /// Any block: type, length, body filled up to four bytes, length.
    package static func block(
        _ type: UInt32,
        _ body: [UInt8],
        order: ByteOrder = .littleEndian,
        claimedLength: UInt32? = nil
    ) -> [UInt8] {
        let padded = PacketBuilder.padded(body)
        let length = claimedLength ?? UInt32(truncatingIfNeeded: 12 + padded.count)
        var bytes: [UInt8] = []
        append(type, order, to: &bytes)
        append(length, order, to: &bytes)
        bytes += padded
        append(length, order, to: &bytes)
        return bytes
    }

    /// A section header block.
    package static func sectionHeader(order: ByteOrder = .littleEndian) -> [UInt8] {
        var body: [UInt8] = []
        append(UInt32(0x1A2B_3C4D), order, to: &body)
        append(UInt16(1), order, to: &body)
        append(UInt16(0), order, to: &body)
        append(UInt64.max, order, to: &body)
        return block(0x0A0D_0D0A, body, order: order)
    }

    /// An interface description block.
    package static func interfaceDescription(
        _ interface: Interface = Interface(),
        order: ByteOrder = .littleEndian
    ) -> [UInt8] {
        var body: [UInt8] = []
        append(interface.linkType, order, to: &body)
        append(UInt16(0), order, to: &body)
        append(interface.snapLength, order, to: &body)
        // A comment first, so that readers must walk the options.
        appendOption(1, Array("eth".utf8), order, to: &body)
        if let resolution = interface.resolution { appendOption(9, [resolution], order, to: &body) }
        if let offset = interface.offsetSeconds {
            var value: [UInt8] = []
            append(offset, order, to: &value)
            appendOption(14, value, order, to: &body)
        }
        appendOption(0, [], order, to: &body)
        return block(1, body, order: order)
    }

    /// An enhanced packet block.
    package static func enhancedPacket(
        _ frame: Frame,
        on interface: Interface = Interface(),
        order: ByteOrder = .littleEndian,
        claimedLength: UInt32? = nil
    ) -> [UInt8] {
        let ticks = interface.ticks(frame.time.nanoseconds)
        var body: [UInt8] = []
        append(frame.interface, order, to: &body)
        append(UInt32(truncatingIfNeeded: ticks >> 32), order, to: &body)
        append(UInt32(truncatingIfNeeded: ticks), order, to: &body)
        append(claimedLength ?? UInt32(truncatingIfNeeded: frame.bytes.count), order, to: &body)
        append(UInt32(truncatingIfNeeded: frame.wireLength ?? frame.bytes.count), order, to: &body)
        body += PacketBuilder.padded(frame.bytes)
        return block(6, body, order: order)
    }

    /// A simple packet block, which has neither time nor interface.
    package static func simplePacket(_ frame: Frame, order: ByteOrder = .littleEndian) -> [UInt8] {
        var body: [UInt8] = []
        append(UInt32(truncatingIfNeeded: frame.wireLength ?? frame.bytes.count), order, to: &body)
        return block(3, body + frame.bytes, order: order)
    }

    /// An obsolete packet block.
    package static func obsoletePacket(
        _ frame: Frame,
        on interface: Interface = Interface(),
        order: ByteOrder = .littleEndian
    ) -> [UInt8] {
        let ticks = interface.ticks(frame.time.nanoseconds)
        var body: [UInt8] = []
        append(UInt16(truncatingIfNeeded: frame.interface), order, to: &body)
        append(UInt16(0xFFFF), order, to: &body)
        append(UInt32(truncatingIfNeeded: ticks >> 32), order, to: &body)
        append(UInt32(truncatingIfNeeded: ticks), order, to: &body)
        append(UInt32(truncatingIfNeeded: frame.bytes.count), order, to: &body)
        append(UInt32(truncatingIfNeeded: frame.wireLength ?? frame.bytes.count), order, to: &body)
        return block(2, body + frame.bytes, order: order)
    }

    /// A whole file of one section.
    package static func pcapng(
        _ frames: [Frame],
        interfaces: [Interface] = [Interface()],
        order: ByteOrder = .littleEndian
    ) -> [UInt8] {
        var file = sectionHeader(order: order)
        for interface in interfaces { file += interfaceDescription(interface, order: order) }
        for frame in frames {
            file += enhancedPacket(frame, on: interfaces[Int(frame.interface)], order: order)
        }
        return file
    }

    private static func appendOption(
        _ code: UInt16,
        _ value: [UInt8],
        _ order: ByteOrder,
        to bytes: inout [UInt8]
    ) {
        append(code, order, to: &bytes)
        append(UInt16(truncatingIfNeeded: value.count), order, to: &bytes)
        bytes += PacketBuilder.padded(value)
    }
}
