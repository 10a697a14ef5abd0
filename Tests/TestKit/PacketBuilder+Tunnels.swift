// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension PacketBuilder {
    /// An Ethernet frame in VXLAN, this builder being the tunnel.
    package func vxlan(
        _ frame: [UInt8],
        port: UInt16 = 4_789,
        header: [UInt8] = [8, 0, 0, 0, 0, 0, 7, 0]
    ) -> [UInt8] {
        udp(50_000, port, payload: header + frame)
    }

    /// A frame, or a packet with another protocol type, in Geneve.
    package func geneve(
        _ content: [UInt8],
        type: UInt16 = 0x6558,
        options: [UInt8] = [],
        first: UInt8? = nil
    ) -> [UInt8] {
        let length = first ?? UInt8(truncatingIfNeeded: options.count / 4)
        return udp(
            50_000,
            6_081,
            payload: [length, 0] + Self.bytes(type) + [0, 0, 7, 0] + options + content
        )
    }

    /// A packet in GRE; the flags decide which fields there are.
    package func gre(_ content: [UInt8], type: UInt16, flags: UInt16 = 0) -> [UInt8] {
        let fields = (flags & 0xB000).nonzeroBitCount * 4
        let header = Self.bytes(flags) + Self.bytes(type) + Array(repeating: 0xA5, count: fields)
        return frame(47, header + content)
    }

    /// A packet in IP, IPv4 or IPv6 by its own first bits.
    package func ipInIP(_ packet: [UInt8]) -> [UInt8] {
        frame(packet.first.map { $0 >> 4 } == 6 ? 41 : 4, packet)
    }

    /// The frames of a datagram, cut at the given places, which are multiples of eight.
    package func fragments(_ ipProtocol: UInt8, _ datagram: [UInt8], cuts: [Int]) -> [[UInt8]] {
        let ends = cuts + [datagram.count]
        return zip([0] + cuts, ends).map { start, end in
            with {
                $0.fragmentOffset = start
                $0.hasMoreFragments = end < datagram.count
            }.frame(ipProtocol, Array(datagram[start..<end]))
        }
    }
}
