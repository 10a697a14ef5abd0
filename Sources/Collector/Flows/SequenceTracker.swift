// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The sequence space one side of a TCP connection has filled, as one point saw it.
///
/// Tells segments that were seen before (retransmitted) from ones that fill a hole: a hole
/// filled within 3 ms or the handshake's round trip is disorder on the way, one filled later
/// is a repetition of what was lost before it came here. The bounds are tshark's, which takes them
/// from the newest segment instead: while others keep coming, it calls any repetition disorder.
struct SequenceTracker: BitwiseCopyable {
    /// What a segment did to the sequence space.
    enum Judgement {
        case advanced
        case retransmitted
        case outOfOrder
        /// Nothing new and nothing repeated: no bytes, or a keep-alive.
        case neutral
    }

    private static let disorderNanoseconds: Int64 = 3_000_000

    /// The number after the last one seen; meaningless before `isStarted`.
    private(set) var next: UInt32 = 0
    private(set) var isStarted = false
    /// The slot of its holes; most connections never have one.
    @SlotNumber private(set) var holes: Int = -1

    /// Begins where the other side said it would, unless a segment was seen already.
    mutating func start(at sequence: UInt32) {
        guard !isStarted else { return }
        isStarted = true
        next = sequence
    }

    /// Takes one segment.
    ///
    /// - Parameters:
    ///   - sequence: Of its first byte, SYN included.
    ///   - length: Sequence numbers it uses: payload, SYN and FIN.
    ///   - isPlain: It carries neither SYN nor FIN, so it can be a keep-alive.
    ///   - initialRtt: The round trip of the handshake, 0 while unknown.
    ///   - time: When it was sighted.
    ///   - pool: Where holes are kept.
    /// - Returns: What it did to the sequence space.
    mutating func judge(
        sequence: UInt32,
        length: UInt32,
        isPlain: Bool,
        initialRtt: Int64,
        at time: Timestamp,
        holes pool: inout Slab<SequenceHoles>
    ) -> Judgement {
        start(at: sequence)
        guard length > 0 else { return .neutral }
        let end = sequence &+ length
        let ahead = SequenceNumber.distance(sequence, after: next)
        if ahead >= 0 {
            if ahead > 0 {
                if holes < 0 { holes = pool.insert(SequenceHoles()) }
                pool[holes].open(from: next, to: sequence, at: time)
            }
            next = end
            return .advanced
        }
        // A keep-alive repeats the last byte sent, to be acknowledged (RFC 9293 3.8.4).
        if isPlain, length == 1, ahead == -1 { return .neutral }
        let opened = holes >= 0 ? pool[holes].fill(from: sequence, to: end, at: time) : nil
        if holes >= 0, pool[holes].isEmpty { forgetHoles(&pool) }
        if SequenceNumber.distance(end, after: next) > 0 { next = end }
        guard let opened else { return .retransmitted }
        return time - opened <= max(Self.disorderNanoseconds, initialRtt) ? .outOfOrder : .retransmitted
    }

    /// Gives the room of its holes back.
    mutating func forgetHoles(_ pool: inout Slab<SequenceHoles>) {
        guard holes >= 0 else { return }
        pool.remove(holes)
        holes = -1
    }
}
