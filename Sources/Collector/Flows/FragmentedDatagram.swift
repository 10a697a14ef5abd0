// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A datagram whose fragments arrive one by one, in any order.
///
/// Fragments that overlap make it *refused*, whatever they say and whatever follows (RFC 5722;
/// for IPv4 too: hosts differ in which one they believe). An exact repetition is no overlap.
struct FragmentedDatagram {
    /// What the transport header in the first fragment led to.
    struct Owner {
        let headers: PacketHeaders
        let point: Int
        let serial: UInt32
        let direction: FlowDirection
        let verdict: SightingTable.Verdict
        let time: Timestamp
    }

    /// What a fragment changed.
    enum Outcome: Equatable {
        case waiting
        /// Repeats what is there; changes nothing.
        case repeated
        case complete
        case refused
    }

    /// One fragment.
    struct Piece {
        let offset: Int
        let length: Int
        /// What was captured of it; empty where no dissector waits for it.
        let bytes: [UInt8]
        var end: Int { offset + length }
    }

    /// A later fragment that came before the first one: its packet has no flow yet.
    struct Orphan {
        let time: Timestamp
        let datagramLength: Int
    }

    /// The longest datagram that IP can fragment.
    static let maximumLength = 65_535
    /// At the smallest link of IPv4 in use (576 bytes) the longest datagram has 119.
    static let maximumPieces = 128

    let time: Timestamp
    var owner: Owner?
    var orphans: [Orphan] = []
    /// Fragments that were first sightings: what is lost if the rest never comes.
    var counted: UInt64 = 0
    private(set) var state = Outcome.waiting
    /// In the order of their offsets.
    private(set) var pieces: [Piece] = []
    private(set) var heldBytes = 0
    /// Known from the last fragment on.
    private var length: Int?
    private var received = 0

    init(at time: Timestamp) {
        self.time = time
    }

    /// Adds a fragment to one that waits.
    mutating func add(_ piece: Piece, hasMore: Bool) -> Outcome {
        guard state == .waiting else { return .repeated }
        if let same = pieces.first(where: { $0.offset == piece.offset && $0.length == piece.length }),
            same.bytes == piece.bytes
        {
            return .repeated
        }
        guard piece.length > 0, piece.end <= Self.maximumLength, pieces.count < Self.maximumPieces,
            !hasMore || piece.length % 8 == 0,
            !pieces.contains(where: { $0.offset < piece.end && piece.offset < $0.end }),
            length.map({ hasMore && piece.end <= $0 }) ?? true,
            hasMore || (pieces.last?.end ?? 0) <= piece.offset
        else {
            release(.refused)
            return .refused
        }
        if !hasMore { length = piece.end }
        pieces.insert(piece, at: pieces.firstIndex { $0.offset > piece.offset } ?? pieces.count)
        received += piece.length
        heldBytes += piece.bytes.count
        if received == length { state = .complete }
        return state
    }

    /// Forgets the bytes; what comes from now on is a repetition.
    mutating func release(_ state: Outcome) {
        self.state = state
        pieces = []
        heldBytes = 0
    }

    /// The bytes up to the first one that is missing, and the length of all fragments.
    ///
    /// - Parameter offset: Where to begin.
    /// - Returns: Both without what is before.
    func assembled(from offset: Int) -> (bytes: [UInt8], length: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heldBytes)
        // The capture may have cut one, and an abandoned datagram has holes.
        for piece in pieces where piece.offset == bytes.count { bytes += piece.bytes }
        return (Array(bytes.dropFirst(offset)), max(0, received - offset))
    }
}
