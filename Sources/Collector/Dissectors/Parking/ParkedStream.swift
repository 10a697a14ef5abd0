// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A stream at rest, in as few bytes as it takes to go on as if it had been followed all along.
package struct ParkedStream: BitwiseCopyable {
    private var originatorTime: Timestamp
    private var responderTime: Timestamp
    private(set) var lastTime: Timestamp
    private var originatorNext: UInt32
    private var responderNext: UInt32
    /// Both IPv4 addresses, or in the first place the slot of two others.
    private(set) var addresses: Pair<UInt32>
    private var originatorPort: UInt16
    private var responderPort: UInt16
    /// The number of the server's name, or -1.
    private(set) var name: Int32
    private var marks: Marks
    private var entry: UInt8
    private var traits: UInt8
    /// Which of the states that followers share is its own.
    let place: UInt8

    private struct Marks: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        static let originatorFromSYN = Marks(rawValue: 1)
        static let responderFromSYN = Marks(rawValue: 2)
        /// The responder asks, as far as the dissector goes, and as far as the flow does.
        static let dissectorAsksBackwards = Marks(rawValue: 4)
        static let flowAsksBackwards = Marks(rawValue: 8)
        static let hasFlowClient = Marks(rawValue: 16)
        static let isIPv4 = Marks(rawValue: 32)
    }

    /// Packs a stream.
    ///
    /// - Parameters:
    ///   - rest: The stream.
    ///   - place: Which of the states that followers share is its own.
    ///   - name: The number of its server's name, or -1.
    ///   - addressSlot: Where its addresses are kept; -1 where they are IPv4 and kept here.
    init(_ rest: StreamRest, place: UInt8, name: Int32, addressSlot: Int) {
        let dissection = rest.dissection
        originatorTime = rest.originator.lastTime
        responderTime = rest.responder.lastTime
        lastTime = rest.lastTime
        originatorNext = rest.originator.expected
        responderNext = rest.responder.expected
        (originatorPort, responderPort) = dissection.ports
        self.name = name
        self.place = place
        entry = UInt8(truncatingIfNeeded: dissection.entry)
        traits = dissection.dissector.traits
        var marks = Marks()
        if rest.originator.beganWithSYN { marks.insert(.originatorFromSYN) }
        if rest.responder.beganWithSYN { marks.insert(.responderFromSYN) }
        if dissection.dissector.client == .fromResponder { marks.insert(.dissectorAsksBackwards) }
        if dissection.client == .fromResponder { marks.insert(.flowAsksBackwards) }
        if dissection.client != nil { marks.insert(.hasFlowClient) }
        if addressSlot < 0 {
            marks.insert(.isIPv4)
            addresses = Pair(dissection.addresses.forward.v4Bits, dissection.addresses.backward.v4Bits)
        } else {
            addresses = Pair(UInt32(truncatingIfNeeded: addressSlot), 0)
        }
        self.marks = marks
    }

    /// Where its addresses are kept; `nil` where it has them.
    var addressSlot: Int? { marks.contains(.isIPv4) ? nil : Int(addresses.forward) }

    /// What was packed.
    ///
    /// - Parameters:
    ///   - kept: Its addresses, where they are kept elsewhere.
    ///   - serverName: The text of its server's name.
    /// - Returns: The stream.
    func unpacked(addresses kept: Pair<IPAddress>?, serverName: String?) -> StreamRest {
        let flowClient: FlowDirection =
            marks.contains(.flowAsksBackwards) ? .fromResponder : .fromOriginator
        return StreamRest(
            originator: StreamReassembler.Rest(
                beganWithSYN: marks.contains(.originatorFromSYN),
                expected: originatorNext,
                lastTime: originatorTime
            ),
            responder: StreamReassembler.Rest(
                beganWithSYN: marks.contains(.responderFromSYN),
                expected: responderNext,
                lastTime: responderTime
            ),
            lastTime: lastTime,
            dissection: DissectionRest(
                entry: Int(entry),
                dissector: DissectorRest(
                    client: marks.contains(.dissectorAsksBackwards) ? .fromResponder : .fromOriginator,
                    traits: traits,
                    serverName: serverName
                ),
                client: marks.contains(.hasFlowClient) ? flowClient : nil,
                ports: (originatorPort, responderPort),
                addresses: kept
                    ?? Pair(IPAddress(v4: addresses.forward), IPAddress(v4: addresses.backward))
            )
        )
    }
}

/// What there is to keep of a stream between two messages.
struct StreamRest {
    let originator: StreamReassembler.Rest
    let responder: StreamReassembler.Rest
    /// When its last packet came.
    let lastTime: Timestamp
    let dissection: DissectionRest
}
