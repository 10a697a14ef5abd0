// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

extension PacketBuilder {
    /// An IP packet without a link header.
    package func ipPacket(_ ipProtocol: UInt8, _ payload: [UInt8]) -> [UInt8] {
        source.version == .v4 ? ipv4(ipProtocol, payload) : ipv6(ipProtocol, payload)
    }

    private func ipv4(_ ipProtocol: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let options = Self.padded(ipOptions)
        let headerLength = 20 + options.count
        let fragment = UInt16(truncatingIfNeeded: fragmentOffset / 8) | (hasMoreFragments ? 0x2000 : 0)
        var packet: [UInt8] = [0x40 | UInt8(truncatingIfNeeded: headerLength / 4), 0]
        packet += Self.bytes(claimedLength ?? UInt16(truncatingIfNeeded: headerLength + payload.count))
        packet += Self.bytes(identification) + Self.bytes(fragment)
        packet += [timeToLive, ipProtocol, 0, 0]
        packet += Self.bytes(source) + Self.bytes(destination) + options
        return packet + payload
    }

    private func ipv6(_ ipProtocol: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var headers = extensionHeaders
        if fragmentOffset > 0 || hasMoreFragments {
            let field = UInt16(truncatingIfNeeded: fragmentOffset) | (hasMoreFragments ? 1 : 0)
            headers.append((44, [0, 0] + Self.bytes(field) + [0, 0, 0, 9]))
        }
        var chain: [UInt8] = []
        for (index, header) in headers.enumerated() {
            let following = index + 1 < headers.count ? headers[index + 1].number : ipProtocol
            chain += [following] + header.bytes.dropFirst()
        }
        let length = chain.count + payload.count
        var packet: [UInt8] = [0x60, 0, 0, 0]
        packet += Self.bytes(claimedLength ?? UInt16(truncatingIfNeeded: length))
        packet += [headers.first?.number ?? ipProtocol, timeToLive]
        packet += Self.bytes(source) + Self.bytes(destination)
        return packet + chain + payload
    }

    /// A frame of this builder's link type around any network packet.
    package func linked(etherType: UInt16, _ packet: [UInt8]) -> [UInt8] {
        var tagged: [UInt8] = []
        for (index, identifier) in vlans.enumerated() {
            tagged += Self.bytes(UInt16(index + 1 < vlans.count ? 0x88A8 : 0x8100)) + Self.bytes(identifier)
        }
        tagged += Self.bytes(etherType) + packet
        switch link {
        case .ethernet:
            return Self.mac(destinationMAC) + Self.mac(sourceMAC) + tagged
        case .cooked:
            return [0, packetType, 0, 1, 0, 6] + Self.mac(sourceMAC) + [0, 0] + tagged
        case .cooked2:
            let type = Array(tagged.prefix(2))
            return type + [0, 0] + Self.bytes(interfaceIndex) + [0, 1, packetType, 6]
                + Self.mac(sourceMAC) + [0, 0] + tagged.dropFirst(2)
        case .raw:
            return packet
        case .null:
            return [etherType == 0x0800 ? 2 : 30, 0, 0, 0] + packet
        case .loop:
            return [0, 0, 0, etherType == 0x0800 ? 2 : 24] + packet
        case .ppp:
            return [0xFF, 0x03, 0x00, etherType == 0x0800 ? 0x21 : 0x57] + packet
        }
    }

    // MARK: - Integers

    /// The big-endian bytes of an integer.
    package static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        stride(from: T.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The four or sixteen bytes of an address.
    package static func bytes(_ address: IPAddress) -> [UInt8] {
        address.version == .v4 ? bytes(address.v4Bits) : bytes(address.high) + bytes(address.low)
    }

    private static func mac(_ value: UInt64) -> [UInt8] { Array(bytes(value).dropFirst(2)) }

    static func padded(_ options: [UInt8]) -> [UInt8] {
        options + Array(repeating: 0, count: (4 - options.count % 4) % 4)
    }
}
