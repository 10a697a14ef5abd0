// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit

func milliseconds(_ value: Int64) -> Timestamp { Timestamp(nanoseconds: value * 1_000_000) }

func milliseconds(_ values: [Int64?]) -> [Timestamp?] {
    values.map { value in value.map { milliseconds($0) } }
}

/// A TCP conversation written down message by message, and what a follower makes of it.
struct Conversation {
    struct Packet {
        var direction: FlowDirection
        var sequence: UInt32
        var acknowledgment: UInt32?
        var flags: TCPFlags = .ack
        var payload: [UInt8] = []
        /// Payload on the wire; `nil` where all was captured.
        var wireLength: Int?
        var time: Timestamp
    }

    /// Everything a follower yielded.
    struct Result: Equatable {
        var started: [DissectionOutput.Started] = []
        var finished: [Transaction] = []
        var names: [DissectionOutput.Named] = []
        var losses: [LossCause] = []
        var recognized: [ApplicationProtocol] = []
        var messages: [FlowDirection: UInt64] = [:]
        var handshakes: [TLSHandshakeEvent] = []
        var client: FlowDirection?
        var inFlight: UInt64 = 0

        var operations: [String] { finished.map(\.operation) }
        var statuses: [String?] { finished.map(\.status) }
        var outcomes: [Outcome] { finished.map(\.outcome) }

        mutating func take(_ output: inout DissectionOutput) {
            started += output.started
            finished += output.finished
            names += output.names
            losses += output.losses
            recognized += output.recognized
            handshakes += output.handshakes
            for one in output.messages { messages[one.direction, default: 0] += one.count }
            output.removeAll()
        }
    }

    var packets: [Packet] = []
    private var next: [UInt32]

    init(clientStart: UInt32 = 1_000, serverStart: UInt32 = 9_000, hasHandshake: Bool = true) {
        next = [clientStart, serverStart]
        guard hasHandshake else { return }
        add(.fromOriginator, flags: .syn, at: 0)
        add(.fromResponder, flags: [.syn, .ack], at: 0)
    }

    mutating func client(_ text: String, at time: Int64) { send(.fromOriginator, Array(text.utf8), at: time) }
    mutating func server(_ text: String, at time: Int64) { send(.fromResponder, Array(text.utf8), at: time) }

    mutating func send(_ direction: FlowDirection, _ bytes: [UInt8], wireLength: Int? = nil, at time: Int64) {
        add(direction, bytes, wireLength: wireLength, flags: [.ack, .psh], at: time)
    }

    mutating func finish(_ direction: FlowDirection, at time: Int64) {
        add(direction, flags: [.fin, .ack], at: time)
    }
    mutating func reset(_ direction: FlowDirection, at time: Int64) { add(direction, flags: .rst, at: time) }

    private mutating func add(
        _ direction: FlowDirection,
        _ bytes: [UInt8] = [],
        wireLength: Int? = nil,
        flags: TCPFlags,
        at time: Int64
    ) {
        let side = Int(direction.rawValue)
        packets.append(
            Packet(
                direction: direction,
                sequence: next[side],
                acknowledgment: flags.contains(.ack) ? next[1 - side] : nil,
                flags: flags,
                payload: bytes,
                wireLength: wireLength,
                time: milliseconds(time)
            )
        )
        let control = flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1
        next[side] = next[side] &+ UInt32(wireLength ?? bytes.count) &+ UInt32(control)
    }

    /// Feeds a new follower with the packets.
    ///
    /// - Parameters:
    ///   - ports: Of originator and responder.
    ///   - advance: Packet time reached afterwards.
    ///   - close: When the flow is closed afterwards.
    ///   - hasAcknowledgments: The follower is told acknowledgment numbers.
    ///   - headers: Header fields whose values are asked for.
    ///   - onParking: Has the stream parked after each packet, and is told where it was at rest.
    /// - Returns: Everything it yielded.
    func follow(
        ports: (UInt16, UInt16) = (40_000, 80),
        advance: Int64? = nil,
        close: Int64? = nil,
        hasAcknowledgments: Bool = true,
        headers: SampledHeaders? = nil,
        onParking: (() -> Void)? = nil
    ) -> Result {
        let shared = SharedDissectionState(headers: headers)
        var parked = ParkedStreams()
        var follower = StreamFollower(
            transport: .tcp,
            originatorPort: ports.0,
            responderPort: ports.1,
            patience: Patience(),
            originatorAddress: IPAddress(v4: 0x0A00_0001),
            responderAddress: IPAddress(v4: 0x0A00_0002),
            shared: shared
        )
        var output = DissectionOutput()
        var result = Result()
        for packet in packets {
            follower.segment(
                packet.direction,
                sequence: packet.sequence,
                acknowledgment: hasAcknowledgments ? packet.acknowledgment : nil,
                flags: packet.flags,
                payload: packet.payload.octets,
                payloadLength: packet.wireLength ?? packet.payload.count,
                at: packet.time,
                into: &output
            )
            result.take(&output)
            if let onParking, let slot = parked.park(follower) {
                onParking()
                follower = parked.take(slot, patience: Patience(), shared: shared)
            }
        }
        if let advance { follower.advance(to: milliseconds(advance), into: &output) }
        if let close { follower.close(at: milliseconds(close), into: &output) }
        result.take(&output)
        result.client = follower.clientDirection
        result.inFlight = follower.inFlight?.count ?? 0
        return result
    }

    /// The same conversation with every payload cut into pieces.
    func cut(_ cut: ([UInt8]) -> [[UInt8]]) -> Conversation {
        var copy = self
        copy.packets = packets.flatMap { Self.pieces(of: $0, cut($0.payload)) }
        return copy
    }

    /// Every conversation in which one payload is whole, cut in two, or sent byte by byte, and
    /// the one in which all are sent byte by byte.
    func forEverySplit(_ body: (Conversation) -> Void) {
        body(cut { bytes in bytes.map { [$0] } })
        for (index, packet) in packets.enumerated() where !packet.payload.isEmpty {
            everySplit(packet.payload) { pieces in
                var copy = self
                copy.packets.replaceSubrange(index...index, with: Self.pieces(of: packet, pieces))
                body(copy)
            }
        }
    }

    private static func pieces(of packet: Packet, _ pieces: [[UInt8]]) -> [Packet] {
        guard !packet.payload.isEmpty else { return [packet] }
        var offset: UInt32 = 0
        return pieces.map { piece in
            var part = packet
            part.sequence = packet.sequence &+ offset
            part.payload = piece
            offset += UInt32(piece.count)
            return part
        }
    }
}

extension [UInt8] {
    /// The bytes, borrowed.
    var octets: RawSpan {
        @_lifetime(borrow self)
        get {
            // Sound: bytes have no padding that could be read uninitialized.
            unsafe span.bytes
        }
    }
}
