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
struct LocalityObserver {
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

    private struct Ends {
        var frames: UInt64 = 0
        private(set) var macs: [UInt64] = []
        /// Of each address, in step.
        private(set) var counts: [UInt64] = []
        private var index = SlotIndex()

        mutating func count(_ source: UInt64, _ destination: UInt64) {
            frames += 1
            count(source)
            if destination != source { count(destination) }
        }

        func count(of mac: UInt64) -> UInt64? {
            index.find(Self.hash(mac)) { macs[$0] == mac }.map { counts[$0] }
        }

        private mutating func count(_ mac: UInt64) {
            let hash = Self.hash(mac)
            if let known = index.find(hash, matches: { macs[$0] == mac }) {
                counts[known] += 1
            } else if macs.count < maximumAddresses {
                index.insert(hash, slot: macs.count)
                macs.append(mac)
                counts.append(1)
            }
        }

        private static func hash(_ mac: UInt64) -> UInt64 {
            var hash = PacketHash()
            hash.combine(mac)
            return hash.value
        }
    }

    /// By the number of the interface, which `InterfaceNumbers` keeps small.
    private var ends: [Ends] = []

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
    mutating func observe(_ headers: PacketHeaders, interface: UInt16) {
        guard headers.packetType == .unknown, headers.sourceMAC != 0, headers.destinationMAC != 0,
            // The lowest bit of the first octet marks a group address.
            headers.destinationMAC >> 40 & 1 == 0
        else { return }
        while ends.count <= Int(interface) { ends.append(Ends()) }
        ends[Int(interface)].count(headers.sourceMAC, headers.destinationMAC)
    }

    /// Whether a MAC address is an end of nearly every unicast frame (19 of 20) of an
    /// interface, and of more than any other is: on a link with two ends neither can be told.
    func isOwn(_ mac: UInt64, interface: UInt16) -> Bool {
        guard Int(interface) < ends.count, ends[Int(interface)].frames >= Self.minimumFrames,
            let mine = ends[Int(interface)].count(of: mac)
        else { return false }
        let seen = ends[Int(interface)]
        guard mine >= seen.frames - seen.frames / 20 else { return false }
        return !zip(seen.macs, seen.counts).contains { $0 != mac && $1 >= mine }
    }
}
