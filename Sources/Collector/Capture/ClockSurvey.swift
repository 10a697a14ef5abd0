// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// How far the clocks behind the interfaces of a capture file are apart.
///
/// A file that was merged from captures of several nodes has the clocks of all of them. A SYN
/// that two interfaces saw, and the SYN/ACK that answers it, passed them in opposite order; where
/// both were captured later at the same one of the two, that one's clock is ahead, by the mean of
/// the two differences.
///
/// ```text
///  interface 0   SYN at 10.000 000                 SYN/ACK at 10.000 400    true order: first, last
///  interface 1     SYN at 12.000 100     SYN/ACK at 12.000 300              both later: ahead by 2 s
/// ```
///
/// Interfaces of one node, or of nodes whose clocks agree, never show that, and are left as they
/// are.
package struct ClockSurvey {
    /// One clock that differs from that of the first interface it shares packets with.
    package struct Offset: Equatable, Sendable {
        package let interface: UInt32
        package let reference: UInt32
        /// How far it is ahead.
        package let nanoseconds: Int64
    }

    /// Handshakes that two interfaces saw before a difference of their clocks is believed.
    private static let minimumHandshakes = 3
    /// Differences are believed if three of four are so near to their median.
    private static let spreadNanoseconds: Int64 = 10_000_000
    /// Smaller differences are of the ways that frames take inside one machine.
    private static let minimumNanoseconds: Int64 = 10_000

    private struct Sighting {
        let interface: UInt32
        let timestamp: Timestamp
    }

    private struct InterfacePair: Hashable, Comparable {
        let low: UInt32
        let high: UInt32

        static func < (left: Self, right: Self) -> Bool { (left.low, left.high) < (right.low, right.high) }
    }

    /// How much later the higher interface saw each part.
    private struct Handshake {
        var attempt: Int64?
        var answer: Int64?
    }

    private struct HandshakeKey: Hashable {
        let interfaces: InterfacePair
        /// The client's initial sequence number and one: what translation of addresses keeps.
        let number: UInt32
    }

    private var sightings: [UInt64: [Sighting]] = [:]
    private var handshakes: [HandshakeKey: Handshake] = [:]
    private var isFull = false

    /// What was found, by interface.
    package private(set) var offsets: [Offset] = []

    /// Reads the beginning of a file, if it has frames of several interfaces.
    ///
    /// - Parameter path: Of a file that can be read more than once.
    /// - Throws: `CaptureError` for what is no capture; damage is for its import to tell.
    package init(path: String) throws(CaptureError) {
        var source = try SavefilePacketSource(path: path)
        guard source.length != nil else { return }
        while try !source.prepare() {}
        guard source.mayHaveSeveralInterfaces else { return }
        while !isFull, source.bytesRead < CaptureLimits.surveyBytes {
            guard case .delivered = try? source.read({ note($0) }), source.interfaceCount > 1 else { break }
        }
        judge()
    }

    private mutating func note(_ frame: borrowing CapturedFrame) {
        guard let headers = try? PacketHeaders.decode(frame.bytes, linkType: frame.linkType),
            headers.isIdentifiedHandshake
        else { return }
        let start = min(max(0, headers.payloadOffset), frame.bytes.byteCount)
        let count = min(max(0, headers.capturedPayloadLength), frame.bytes.byteCount - start)
        let payload = frame.bytes.extracting(start..<start + count)
        let hash = MeteringEngine.State.invariantHash(headers, payload: payload)
        let seen = Sighting(interface: frame.interfaceNumber, timestamp: frame.timestamp)
        guard sightings.count < CaptureLimits.surveyPackets || sightings[hash] != nil else {
            isFull = true
            return
        }
        let others = sightings[hash] ?? []
        guard others.count < CaptureLimits.surveySightings,
            !others.contains(where: { $0.interface == seen.interface })
        else { return }
        for other in others { compare(other, seen, headers) }
        sightings[hash, default: []].append(seen)
    }

    private mutating func compare(_ left: Sighting, _ right: Sighting, _ headers: PacketHeaders) {
        let (low, high) = left.interface < right.interface ? (left, right) : (right, left)
        let isAnswer = headers.tcpFlags.contains(.ack)
        let key = HandshakeKey(
            interfaces: InterfacePair(low: low.interface, high: high.interface),
            number: isAnswer ? headers.acknowledgment : headers.sequence &+ 1
        )
        let later = high.timestamp - low.timestamp
        if isAnswer {
            handshakes[key, default: Handshake()].answer = later
        } else {
            handshakes[key, default: Handshake()].attempt = later
        }
    }

    // MARK: - Judgement

    /// Gives each interface the clock of the lowest one that it is connected with.
    private mutating func judge() {
        var byPair: [InterfacePair: [(Int64, Int64)]] = [:]
        for (key, handshake) in handshakes {
            guard let attempt = handshake.attempt, let answer = handshake.answer else { continue }
            byPair[key.interfaces, default: []].append((attempt, answer))
        }
        let differences = byPair.compactMapValues(Self.difference).sorted { $0.key < $1.key }
        // By interface, as a file may have as many pairs as packets.
        var neighbours: [UInt32: [(interface: UInt32, step: Int64)]] = [:]
        for (pair, difference) in differences {
            neighbours[pair.low, default: []].append((pair.high, difference))
            neighbours[pair.high, default: []].append((pair.low, -difference))
        }
        var ahead: [UInt32: (reference: UInt32, nanoseconds: Int64)] = [:]
        for start in differences.map(\.key.low) where ahead[start] == nil {
            ahead[start] = (start, 0)
            var frontier = [start]
            while let interface = frontier.popLast(), let own = ahead[interface] {
                for (other, step) in neighbours[interface] ?? [] where ahead[other] == nil {
                    ahead[other] = (own.reference, own.nanoseconds + step)
                    frontier.append(other)
                }
            }
        }
        offsets = ahead.filter { $0.value.nanoseconds != 0 }
            .map { Offset(interface: $0, reference: $1.reference, nanoseconds: $1.nanoseconds) }
            .sorted { $0.interface < $1.interface }
    }

    /// How far the higher interface's clock is ahead; 0 where nothing says that it differs, and
    /// `nil` where too little was seen or it is no constant.
    private static func difference(_ handshakes: [(attempt: Int64, answer: Int64)]) -> Int64? {
        guard handshakes.count >= minimumHandshakes else { return nil }
        let contradicting = handshakes.filter { $0.attempt.signum() * $0.answer.signum() > 0 }
        guard contradicting.count * 2 > handshakes.count else { return 0 }
        let means = contradicting.map { $0.attempt / 2 + $0.answer / 2 }.sorted()
        let median = means[means.count / 2]
        // Times are whatever the file says: nothing here may overflow for the greatest of them.
        guard median.magnitude >= minimumNanoseconds else { return 0 }
        guard median.magnitude <= CaptureLimits.alignmentNanoseconds else { return nil }
        let near = median - spreadNanoseconds...median + spreadNanoseconds
        guard means.count(where: near.contains) * 4 >= means.count * 3 else { return nil }
        return median
    }
}
