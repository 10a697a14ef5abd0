// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Tells which addresses are on the reporter's own node, from how their packets were sighted.
///
/// Cooked captures (`any`) record the way of a packet. What is first sighted going out was
/// sent by the node itself: *own*. What is first sighted coming in with a time to live that
/// senders begin with (64, 128, 255) came from one hop away: *adjacent*, as a pod behind its veth
/// is. A pod of another node has crossed that node and arrives with one less.
///
/// Ethernet captures do not record it. There, a MAC address that is an end of nearly every
/// unicast frame of an interface is the node's own: what leaves it with an initial time to
/// live is *own*, with one less *adjacent* (forwarded for a pod behind the node). Other senders
/// are not told apart from neighbors on the wire, so nothing is said of them.
struct LocalityObserver: ~Copyable {
    /// Whether an address can be local by what one frame shows, and how sure that is.
    enum Evidence: Equatable {
        case none
        case certain(Locality)
        /// Local if this MAC address turns out to be the node's own.
        case ifOwn(mac: UInt64, Locality)
    }

    /// MAC addresses counted for one interface; a node's own is among the first ones met.
    private static let maximumAddresses = 256
    /// Frames that must be seen before an own MAC address is inferred.
    private static let minimumFrames: UInt64 = 8

    /// A MAC address at one interface.
    struct End: BitwiseCopyable {
        let mac: UInt64
        let interface: UInt16
        var frames: UInt64
    }

    /// What was counted at one interface.
    struct Link: BitwiseCopyable {
        var frames: UInt64 = 0
        var addresses = 0
    }

    private var ends = Slab<End>()
    /// Where addresses were found lately, by some bits of theirs: a link has few.
    private var recent = InlineArray<64, Int32>(repeating: 0)
    private var index = SlotIndex()
    /// The ends of the last frame and where they are counted; the next frame is mostly between the
    /// same, one way or the other.
    private var lastEnds = Pair<UInt64>(0, 0)
    private var lastSlots = Pair<Int>(-1, -1)
    private var lastInterface: UInt16 = 0
    /// By the number of the interface, which `InterfaceNumbers` keeps small.
    private var links = Slab<Link>()

    /// What a first sighting says about its sender.
    static func evidence(_ headers: PacketHeaders) -> Evidence {
        // What is inside a tunnel may come from anywhere behind it, with any time to live.
        guard !headers.hasOuter else { return .none }
        let isInitial = headers.timeToLive == 64 || headers.timeToLive == 128 || headers.timeToLive == 255
        let isOneLess = headers.timeToLive == 63 || headers.timeToLive == 127 || headers.timeToLive == 254
        switch headers.packetType {
        case .outgoing:
            // One less than initial was forwarded; its way in was lost to the capture.
            return isOneLess ? .none : .certain(.own)
        case .incoming, .broadcast, .multicast, .otherHost:
            return isInitial ? .certain(.adjacent) : .none
        case .unknown:
            guard headers.sourceMAC != 0 else { return .none }
            if isInitial { return .ifOwn(mac: headers.sourceMAC, .own) }
            return isOneLess ? .ifOwn(mac: headers.sourceMAC, .adjacent) : .none
        }
    }

    /// Counts the ends of an Ethernet frame.
    @inline(__always)
    mutating func observe(_ headers: PacketHeaders, interface: UInt16) {
        guard headers.packetType == .unknown, headers.sourceMAC != 0, headers.destinationMAC != 0,
            // The lowest bit of the first octet marks a group address.
            headers.destinationMAC >> 40 & 1 == 0
        else { return }
        let (source, destination) = (headers.sourceMAC, headers.destinationMAC)
        if interface == lastInterface, lastSlots.forward >= 0,
            source == lastEnds.forward && destination == lastEnds.backward
                || source == lastEnds.backward && destination == lastEnds.forward
        {
            links[Int(interface)].frames += 1
            ends[lastSlots.forward].frames += 1
            ends[lastSlots.backward].frames += 1
        } else {
            observeOther(source, destination, interface)
        }
    }

    private mutating func observeOther(_ source: UInt64, _ destination: UInt64, _ interface: UInt16) {
        while links.count <= Int(interface) { _ = links.append(Link()) }
        links[Int(interface)].frames += 1
        let first = count(source, interface)
        guard destination != source else { return }
        let second = count(destination, interface)
        guard let first, let second else { return }
        lastEnds = Pair(source, destination)
        lastSlots = Pair(first, second)
        lastInterface = interface
    }

    /// Counts one end; `nil` if there is no room to count it.
    private mutating func count(_ mac: UInt64, _ interface: UInt16) -> Int? {
        let place = Int(truncatingIfNeeded: (mac ^ mac >> 6 ^ UInt64(interface)) & 63)
        let guess = Int(recent[place])
        if guess < ends.count, ends[guess].mac == mac, ends[guess].interface == interface {
            ends[guess].frames += 1
            return guess
        }
        let hash = Self.hash(mac, interface)
        if let known = find(mac, interface, hash) {
            ends[known].frames += 1
            recent[place] = Int32(truncatingIfNeeded: known)
            return known
        }
        guard links[Int(interface)].addresses < Self.maximumAddresses else { return nil }
        links[Int(interface)].addresses += 1
        let added = ends.append(End(mac: mac, interface: interface, frames: 1))
        index.insert(hash, slot: added)
        return added
    }

    @inline(__always)
    private func find(_ mac: UInt64, _ interface: UInt16, _ hash: UInt64) -> Int? {
        index.find(hash) { ends[$0].mac == mac && ends[$0].interface == interface }
    }

    private static func hash(_ mac: UInt64, _ interface: UInt16) -> UInt64 {
        var hash = PacketHash()
        hash.combine(mac << 16 | UInt64(interface))
        return hash.value
    }

    /// Whether a MAC address is an end of nearly every unicast frame (19 of 20) of an
    /// interface, and of more than any other is: on a link with two ends neither can be told.
    func isOwn(_ mac: UInt64, interface: UInt16) -> Bool {
        guard Int(interface) < links.count, links[Int(interface)].frames >= Self.minimumFrames,
            let slot = find(mac, interface, Self.hash(mac, interface))
        else { return false }
        let (mine, all) = (ends[slot].frames, links[Int(interface)].frames)
        guard mine >= all - all / 20 else { return false }
        for other in 0..<ends.count
        where other != slot && ends[other].interface == interface && ends[other].frames >= mine {
            return false
        }
        return true
    }
}
