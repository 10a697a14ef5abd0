// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Finds out which protocol a TCP connection carries, by its content.
///
/// The first bytes of a connection, and then the first of each segment, are shown to all protocols.
/// While one cannot tell yet, bytes are kept, with their times, and shown again with what follows.
final class StreamProber {
    struct Match {
        let entry: StreamProtocol
        /// `nil` where the bytes do not tell.
        let client: FlowDirection?
        let isAligned: Pair<Bool>
        /// The bytes at hand are among those that were kept.
        let isKept: Bool
    }

    /// A piece of what was kept.
    struct Piece {
        let direction: FlowDirection
        let range: Range<Int>
        let time: Timestamp
    }

    /// Bytes kept of one direction: a long request line.
    static let kept = 16_384
    /// Bytes of both directions looked at in a stream that was seen from its beginning: some
    /// greet or negotiate before they speak (SOCKS, the PROXY protocol).
    static let fromStart = 16_384
    /// Bytes looked at in a stream that had begun before: a long body may come first.
    static let midStream = 4_194_304

    private let expected: Int
    private let beganWithSYN: Bool
    private var isUntouched: Pair<Bool>
    private var originator: [UInt8] = []
    private var responder: [UInt8] = []
    private(set) var pieces: [Piece] = []
    private var passed = 0

    init(ports: (UInt16, UInt16), isFromStart: Bool) {
        expected = StreamProtocol.expected(on: ports)
        beganWithSYN = isFromStart
        isUntouched = Pair(isFromStart, isFromStart)
    }

    /// Nothing was recognized in all that was looked at.
    var isExhausted: Bool { passed > (beganWithSYN ? Self.fromStart : Self.midStream) }

    /// The bytes that were kept of a direction.
    func keptBytes(of direction: FlowDirection) -> [UInt8] {
        direction == .fromOriginator ? originator : responder
    }

    /// Looks at a segment.
    ///
    /// - Returns: The protocol, once it is known.
    func offer(_ direction: FlowDirection, _ bytes: RawSpan, at time: Timestamp) -> Match? {
        let isContinued = !keptBytes(of: direction).isEmpty
        if isContinued { keep(bytes, of: direction, at: time) }
        let (entry, verdict) = isContinued ? look(at: direction) : look(at: direction, bytes)
        switch verdict {
        case .fromClient, .fromServer, .fromEither:
            return match(entry, verdict, direction, isKept: isContinued)
        case .undecided:
            // What was kept may have been no beginning, but this segment is one.
            if isContinued, let match = lookAfresh(at: direction, bytes) { return match }
            if !isContinued { keep(bytes, of: direction, at: time) }
            if keptBytes(of: direction).count > Self.kept { drop(direction) }
        case .no:
            if !isContinued { passed &+= bytes.byteCount }
            drop(direction)
            if isContinued { return offer(direction, bytes, at: time) }
        }
        return nil
    }

    /// Bytes of a direction were not captured: what was kept of it leads nowhere.
    func missing(_ direction: FlowDirection) { drop(direction) }

    private func look(at direction: FlowDirection) -> (StreamProtocol, Recognition) {
        let kept = keptBytes(of: direction)
        return look(at: direction, kept.octetSpan)
    }

    private func look(at direction: FlowDirection, _ bytes: RawSpan) -> (StreamProtocol, Recognition) {
        let peer = direction == .fromOriginator ? responder : originator
        var number = expected >= 0 ? -1 : 0
        while number < StreamProtocol.all.count {
            let index = number < 0 ? expected : number
            defer { number += 1 }
            if number == expected { continue }
            let entry = StreamProtocol.all[index]
            let verdict = entry.probe(
                StreamEvidence(
                    bytes: bytes,
                    peer: peer.octetSpan,
                    isFromStart: isUntouched[direction],
                    isExpected: index == expected
                )
            )
            if verdict != .no { return (entry, verdict) }
        }
        return (StreamProtocol.all[0], .no)
    }

    private func lookAfresh(at direction: FlowDirection, _ bytes: RawSpan) -> Match? {
        let wasUntouched = isUntouched[direction]
        isUntouched[direction] = false
        let (entry, verdict) = look(at: direction, bytes)
        isUntouched[direction] = wasUntouched
        guard verdict != .no, verdict != .undecided else { return nil }
        drop(direction)
        return match(entry, verdict, direction, isKept: false)
    }

    private func match(
        _ entry: StreamProtocol,
        _ verdict: Recognition,
        _ direction: FlowDirection,
        isKept: Bool
    ) -> Match {
        let isAligned =
            direction == .fromOriginator
            ? Pair(true, isUntouched.backward) : Pair(isUntouched.forward, true)
        let client: FlowDirection? =
            switch verdict {
            case .fromClient: direction
            case .fromServer: direction.opposite
            case .fromEither, .no, .undecided: nil
            }
        return Match(
            entry: entry,
            client: client,
            isAligned: isAligned,
            isKept: isKept
        )
    }

    private func keep(_ bytes: RawSpan, of direction: FlowDirection, at time: Timestamp) {
        let start = keptBytes(of: direction).count
        pieces.append(Piece(direction: direction, range: start..<start + bytes.byteCount, time: time))
        switch direction {
        case .fromOriginator: originator.append(copying: bytes)
        case .fromResponder: responder.append(copying: bytes)
        }
    }

    private func drop(_ direction: FlowDirection) {
        isUntouched[direction] = false
        let count = keptBytes(of: direction).count
        guard count > 0 else { return }
        passed &+= count
        pieces.removeAll { $0.direction == direction }
        switch direction {
        case .fromOriginator: originator = []
        case .fromResponder: responder = []
        }
    }
}
