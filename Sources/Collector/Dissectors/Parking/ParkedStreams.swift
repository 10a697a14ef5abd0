// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Streams at rest between two messages, until their next packet comes.
///
/// A follower takes about a kilobyte, and most connections of a pool are at rest: here each takes
/// 56 bytes. What comes of a stream does not depend on whether it was parked meanwhile.
package struct ParkedStreams: ~Copyable {
    private var streams = Slab<ParkedStream>()
    /// Of those that are not IPv4.
    private var addresses = Slab<Pair<IPAddress>>()
    private var names = ParkedNames()
    /// How many there are.
    package private(set) var count = 0

    package init() {}

    /// Parks a stream, whose follower is then not needed any more.
    ///
    /// - Parameters:
    ///   - follower: Who followed it.
    ///   - place: Which of the states that followers share is its own.
    /// - Returns: Its slot; `nil` where it is not at rest, or has more to keep than fits.
    package mutating func park(_ follower: StreamFollower, place: UInt8 = 0) -> Int? {
        guard let rest = follower.rest else { return nil }
        var name: Int32 = -1
        if let serverName = rest.dissection.dissector.serverName {
            guard let number = names.hold(serverName) else { return nil }
            name = number
        }
        let ends = rest.dissection.addresses
        let addressSlot = ends.forward.isV4 && ends.backward.isV4 ? -1 : addresses.insert(ends)
        count += 1
        return streams.insert(ParkedStream(rest, place: place, name: name, addressSlot: addressSlot))
    }

    /// Which of the states that followers share is that of a stream.
    func place(of slot: Int) -> UInt8 { streams[slot].place }

    /// Takes a stream out, to be followed again.
    ///
    /// - Parameters:
    ///   - slot: That of the stream.
    ///   - patience: How long requests may wait.
    ///   - shared: What its follower has in common with others.
    /// - Returns: A follower that knows all that the one before did.
    package mutating func take(
        _ slot: Int,
        patience: Patience,
        shared: SharedDissectionState
    ) -> StreamFollower {
        let parked = streams[slot]
        let rest = parked.unpacked(
            addresses: parked.addressSlot.map { addresses[$0] },
            serverName: parked.name < 0 ? nil : names[parked.name]
        )
        remove(slot)
        return StreamFollower(rest, patience: patience, shared: shared)
    }

    /// Forgets a stream.
    mutating func remove(_ slot: Int) {
        let parked = streams[slot]
        if parked.name >= 0 { names.release(parked.name) }
        if let slot = parked.addressSlot { addresses.remove(slot) }
        streams.remove(slot)
        count -= 1
    }
}
