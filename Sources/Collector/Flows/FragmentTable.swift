// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Datagrams whose fragments are on their way, for each interface by itself.
///
/// Bounded by datagrams, by bytes and by time; what has to leave is *abandoned*, its fragments
/// are counted in `lost`, and what its first fragment brought is still of use.
struct FragmentTable {
    /// What tells datagrams apart (RFC 791, RFC 8200).
    private struct Key: Hashable {
        let source: IPAddress
        let destination: IPAddress
        let identification: UInt32
        let transport: TransportProtocol
        let interface: UInt16
    }

    /// Datagrams at once; one more pushes out the oldest.
    static let maximumDatagrams = 256
    /// Bytes held for all of them: 64 of the longest.
    static let maximumBytes = 4_194_304
    /// How long fragments of one datagram may be apart, in packet time.
    ///
    /// Hosts wait 15 s (RFC 791) to 60 s (RFC 8200) because links may be slow. What is captured
    /// here was sent in one go, and a DNS answer seen in part must reach its dissector before its
    /// query has waited for 5 s.
    static let horizonNanoseconds: Int64 = 4_000_000_000

    private var datagrams: [Key: FragmentedDatagram] = [:]
    /// In the order of their first fragments, from `oldest` on.
    private var order: [Key] = []
    private var oldest = 0
    private var heldBytes = 0

    /// Complete ones, and first fragments of abandoned ones, until they are taken.
    var finished: [FragmentedDatagram] = []
    /// Fragments whose datagrams were never complete, until they are taken.
    var lost: UInt64 = 0

    /// Adds a fragment.
    ///
    /// - Parameters:
    ///   - headers: Of the fragment.
    ///   - data: Its captured bytes from the transport header on; empty where nobody waits for them.
    ///   - interface: Where it was sighted.
    ///   - owner: Where its packet was put, if it is the first one.
    ///   - isCounted: It is the first sighting of its packet.
    ///   - time: When it was captured.
    /// - Returns: The flow to put its packet on; `nil` while the first fragment is not there.
    mutating func add(
        _ headers: PacketHeaders,
        data: [UInt8],
        interface: UInt16,
        owner: FragmentedDatagram.Owner?,
        isCounted: Bool,
        at time: Timestamp
    ) -> (owner: FragmentedDatagram.Owner, orphans: [FragmentedDatagram.Orphan])? {
        expire(at: time)
        let key = Key(
            source: headers.source,
            destination: headers.destination,
            identification: headers.fragment.identification,
            transport: headers.transport,
            interface: interface
        )
        // Taken out while it changes, so that its arrays are not copied.
        var datagram = datagrams.removeValue(forKey: key) ?? begin(key, at: time)
        let before = datagram.heldBytes
        let piece = FragmentedDatagram.Piece(
            offset: headers.fragment.offset,
            length: headers.fragment.length,
            bytes: data
        )
        let old = datagram.state
        let outcome = datagram.add(piece, hasMore: headers.fragment.hasMore)
        if datagram.owner == nil { datagram.owner = owner }
        count(isCounted, outcome, after: old, of: &datagram)
        if outcome == .complete, old == .waiting {
            finished.append(datagram)
            datagram.release(.complete)
        }
        heldBytes += datagram.heldBytes - before
        var orphans: [FragmentedDatagram.Orphan] = []
        if datagram.owner != nil {
            swap(&orphans, &datagram.orphans)
        } else if isCounted, datagram.orphans.count < FragmentedDatagram.maximumPieces {
            datagram.orphans.append(.init(time: time, datagramLength: headers.datagramLength))
        }
        let found = datagram.owner
        datagrams[key] = datagram
        while heldBytes > Self.maximumBytes, dropOldest() {}
        return found.map { ($0, orphans) }
    }

    /// Whether `expire` has something to do.
    @inline(__always)
    func isDue(at time: Timestamp) -> Bool { oldest < order.count && isOldestDue(at: time) }

    private func isOldestDue(at time: Timestamp) -> Bool {
        datagrams[order[oldest]].map { isOver($0, at: time) } ?? true
    }

    /// Abandons datagrams that waited too long.
    mutating func expire(at time: Timestamp) {
        while isDue(at: time), dropOldest() {}
    }

    /// Abandons all of them.
    mutating func abandonAll() {
        while dropOldest() {}
    }

    private func isOver(_ datagram: FragmentedDatagram, at time: Timestamp) -> Bool {
        time - datagram.time > Self.horizonNanoseconds
    }

    private mutating func begin(_ key: Key, at time: Timestamp) -> FragmentedDatagram {
        while order.count - oldest >= Self.maximumDatagrams, dropOldest() {}
        order.append(key)
        return FragmentedDatagram(at: time)
    }

    /// Keeps the account of fragments that are lost: those of refused and abandoned datagrams.
    private mutating func count(
        _ isCounted: Bool,
        _ outcome: FragmentedDatagram.Outcome,
        after old: FragmentedDatagram.Outcome,
        of datagram: inout FragmentedDatagram
    ) {
        if isCounted, outcome != .repeated { datagram.counted += 1 }
        if outcome == .refused, old == .waiting {
            lost += datagram.counted
            datagram.counted = 0
        } else if isCounted, old == .refused {
            lost += 1
        }
    }

    /// `false` where there is none.
    private mutating func dropOldest() -> Bool {
        guard oldest < order.count else { return false }
        let datagram = datagrams.removeValue(forKey: order[oldest])
        oldest += 1
        if oldest > Self.maximumDatagrams {
            order.removeFirst(oldest)
            oldest = 0
        }
        guard let datagram else { return true }
        heldBytes -= datagram.heldBytes
        if datagram.state == .waiting {
            lost += datagram.counted
            if datagram.owner != nil { finished.append(datagram) }
        }
        return true
    }
}
