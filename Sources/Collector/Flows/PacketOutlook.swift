// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Where the tables of the engine are asked about a packet.
struct PacketPlace: BitwiseCopyable {
    /// The engine's number of the interface.
    var interface: UInt16
    /// Of what translation leaves unchanged.
    var hash: UInt64
    /// Of the point that the packet belongs to, unless it is a later fragment or an error.
    var key: PointKey
    var keyHash: UInt64

    @inline(__always)
    init(_ headers: PacketHeaders, payload: RawSpan, interface: UInt16, seed: UInt64) {
        self.interface = interface
        hash = MeteringEngine.State.invariantHash(headers, payload: payload)
        key = PointKey(
            PointKey.End(address: headers.source, port: headers.sourcePort),
            PointKey.End(address: headers.destination, port: headers.destinationPort),
            transport: headers.transport,
            interface: interface
        )
        keyHash = key.hash(seed: seed)
    }
}

/// What is known of a frame before it is accounted.
struct PacketOutlook: BitwiseCopyable {
    var headers = PacketHeaders()
    var place: PacketPlace
    /// Whether there are sound headers.
    var isSound = false
    /// The slot of its point, as far as the index alone tells; else -1.
    @SlotNumber var point: Int = -1

    init() {
        place = PacketPlace(headers, payload: RawSpan(), interface: 0, seed: 0)
    }

    /// Reads the headers of a frame, and where it will be looked up.
    @inline(__always)
    mutating func look(at frame: borrowing CapturedFrame, _ interfaces: inout InterfaceNumbers, seed: UInt64)
    {
        headers = PacketHeaders()
        point = -1
        do throws(DecodeError) {
            try headers.read(frame.bytes, linkType: frame.linkType)
        } catch {
            isSound = false
            return
        }
        isSound = true
        let interface = interfaces.number(
            captureInterface: frame.interfaceNumber,
            kernelIndex: headers.interfaceIndex
        )
        place = PacketPlace(
            headers,
            payload: headers.payload(of: frame.bytes),
            interface: interface,
            seed: seed
        )
    }
}

extension PacketHeaders {
    /// The captured payload.
    ///
    /// - Parameter bytes: The frame that the headers were read from.
    /// - Returns: A view into the frame.
    @inline(__always)
    @_lifetime(copy bytes)
    func payload(of bytes: RawSpan) -> RawSpan {
        let start = min(max(0, payloadOffset), bytes.byteCount)
        let count = min(max(0, capturedPayloadLength), bytes.byteCount - start)
        return bytes.extracting(start..<start + count)
    }
}
