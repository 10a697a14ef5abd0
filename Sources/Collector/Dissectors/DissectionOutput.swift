// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What following a stream yielded since the output was last drained.
///
/// One is reused for every packet of an engine, so arrays keep their capacity.
package struct DissectionOutput: Sendable {
    /// A request's first byte was seen.
    package struct Started: Equatable, Sendable, BitwiseCopyable {
        package let applicationProtocol: ApplicationProtocol
        package let at: Timestamp

        package init(applicationProtocol: ApplicationProtocol, at: Timestamp) {
            self.applicationProtocol = applicationProtocol
            self.at = at
        }
    }

    /// A name that traffic gave to an address.
    package struct Named: Equatable, Sendable {
        package let address: IPAddress
        package let name: String
        package let source: NameObservation.Source

        package init(address: IPAddress, name: String, source: NameObservation.Source) {
            self.address = address
            self.name = name
            self.source = source
        }
    }

    /// Messages that are no request and no response.
    package struct Messages: Equatable, Sendable, BitwiseCopyable {
        package let applicationProtocol: ApplicationProtocol
        /// The side that sent them.
        package let direction: FlowDirection
        package let count: UInt64

        package init(
            applicationProtocol: ApplicationProtocol,
            direction: FlowDirection,
            count: UInt64 = 1
        ) {
            self.applicationProtocol = applicationProtocol
            self.direction = direction
            self.count = count
        }
    }

    /// Protocols that the flow was found to carry, each told once.
    package var recognized: [ApplicationProtocol] = []
    package var started: [Started] = []
    package var finished: [Transaction] = []
    package var handshakes: [TLSHandshakeEvent] = []
    package var messages: [Messages] = []
    package var names: [Named] = []
    /// Losses by cause (`reassemblyGaps`, `unmatchedResponses`, `abandonedStreams`...).
    package var losses: [LossCause] = []

    package init() {}

    /// How many there are of each kind.
    struct Counts {
        var recognized = 0
        var started = 0
        var finished = 0
        var handshakes = 0
        var messages = 0
        var names = 0
        var losses = 0
    }

    var counts: Counts {
        Counts(
            recognized: recognized.count,
            started: started.count,
            finished: finished.count,
            handshakes: handshakes.count,
            messages: messages.count,
            names: names.count,
            losses: losses.count
        )
    }

    /// How many there are of all kinds.
    var total: Int {
        recognized.count &+ started.count &+ finished.count &+ handshakes.count
            &+ messages.count &+ names.count &+ losses.count
    }

    package mutating func removeAll() {
        Self.empty(&recognized)
        Self.empty(&started)
        Self.empty(&finished)
        Self.empty(&handshakes)
        Self.empty(&messages)
        Self.empty(&names)
        Self.empty(&losses)
    }

    /// Forgets elements and keeps the room: there is nearly always one, or none.
    @inline(__always)
    private static func empty<Element>(_ elements: inout [Element]) {
        switch elements.count {
        case 0: break
        case 1: elements.removeLast()
        default: elements.removeAll(keepingCapacity: true)
        }
    }
}
