// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Everything measured on one edge in one window: connection facts once, requests by protocol.
///
/// Bytes are IP datagram lengths (inner ones in tunnels), counted once per packet however
/// often it was sighted.
///
/// A scan makes a hundred thousand edges that know packets, bytes and a verdict and nothing
/// else. So all else lies apart, and takes no room while it is as it began.
package struct EdgeMetrics: Equatable, Sendable {
    package var connections = ConnectionCounts()
    package var packets = DirectionalCount()
    package var bytes = DirectionalCount()
    /// One element, or none: an array is a box that copies on writing.
    ///
    /// Read in place: `first` would copy all there is for each part of it.
    package private(set) var details: [Details] = []

    package init() {}

    /// Segments of TCP that repeat bytes, by sender.
    package var retransmitted: DirectionalCount {
        get { details.isEmpty ? DirectionalCount() : details[0].retransmitted }
        set { if keeps(newValue != DirectionalCount()) { details[0].retransmitted = newValue } }
    }

    package var outOfOrder: DirectionalCount {
        get { details.isEmpty ? DirectionalCount() : details[0].outOfOrder }
        set { if keeps(newValue != DirectionalCount()) { details[0].outOfOrder = newValue } }
    }

    package var zeroWindow: DirectionalCount {
        get { details.isEmpty ? DirectionalCount() : details[0].zeroWindow }
        set { if keeps(newValue != DirectionalCount()) { details[0].zeroWindow = newValue } }
    }

    /// First SYN to SYN/ACK.
    package var connectTime: Histogram {
        get { details.isEmpty ? Histogram() : details[0].connectTime }
        set { if keeps(!newValue.isEmpty) { details[0].connectTime = newValue } }
        _modify {
            makeDetails()
            yield &details[0].connectTime
        }
    }

    /// Last SYN to the client's ACK, what tshark calls `initial_rtt`.
    package var initialRtt: Histogram {
        get { details.isEmpty ? Histogram() : details[0].initialRtt }
        set { if keeps(!newValue.isEmpty) { details[0].initialRtt = newValue } }
        _modify {
            makeDetails()
            yield &details[0].initialRtt
        }
    }

    /// Data to its acknowledgement, all along.
    package var rtt: Histogram {
        get { details.isEmpty ? Histogram() : details[0].rtt }
        set { if keeps(!newValue.isEmpty) { details[0].rtt = newValue } }
        _modify {
            makeDetails()
            yield &details[0].rtt
        }
    }

    package var tlsHandshakes: TLSHandshakes {
        get { details.isEmpty ? TLSHandshakes() : details[0].tlsHandshakes }
        set { if keeps(newValue != TLSHandshakes()) { details[0].tlsHandshakes = newValue } }
        _modify {
            makeDetails()
            yield &details[0].tlsHandshakes
        }
    }

    /// Whether anything is known of TLS handshakes: a look that copies nothing.
    package var hasTLSHandshakes: Bool { !details.isEmpty && details[0].hasTLSHandshakes }

    package var protocols: [ApplicationProtocol: ProtocolMetrics] {
        get { details.isEmpty ? [:] : details[0].protocols }
        set { if keeps(!newValue.isEmpty) { details[0].protocols = newValue } }
        _modify {
            makeDetails()
            yield &details[0].protocols
        }
    }

    /// Records what the handshake and the first round trips of one connection took.
    ///
    /// All at once, as an accessor that yields takes memory each time.
    ///
    /// - Parameters:
    ///   - connect: First SYN to SYN/ACK in nanoseconds, or less than 0.
    ///   - initialRtt: Last SYN to the client's ACK in nanoseconds, or less than 0.
    ///   - roundTrips: In nanoseconds.
    package mutating func record(connect: Int64, initialRtt: Int64, roundTrips: Span<UInt32>) {
        guard connect >= 0 || initialRtt >= 0 || !roundTrips.isEmpty else { return }
        makeDetails()
        if connect >= 0 { details[0].connectTime.record(nanoseconds: connect) }
        if initialRtt >= 0 { details[0].initialRtt.record(nanoseconds: initialRtt) }
        for index in roundTrips.indices { details[0].rtt.record(nanoseconds: Int64(roundTrips[index])) }
    }

    /// Records further round trips of one connection.
    package mutating func record(roundTrips: HistogramBatch) {
        guard roundTrips.count > 0 else { return }
        makeDetails()
        details[0].rtt.record(roundTrips)
    }

    /// Puts all that few edges have in its place at once: each of them alone has to look first whether there is room.
    ///
    /// - Parameters:
    ///   - connectTime: First SYN to SYN/ACK.
    ///   - initialRtt: Last SYN to the client's ACK.
    ///   - rtt: Data to its acknowledgement.
    ///   - tlsHandshakes: `nil` where nothing is known of any.
    ///   - protocols: By name.
    package mutating func set(
        connectTime: consuming Histogram,
        initialRtt: consuming Histogram,
        rtt: consuming Histogram,
        tlsHandshakes: consuming TLSHandshakes?,
        protocols: consuming [ApplicationProtocol: ProtocolMetrics]
    ) {
        let isNothing = connectTime.isEmpty && initialRtt.isEmpty && rtt.isEmpty && protocols.isEmpty
        guard !isNothing || tlsHandshakes != nil || !details.isEmpty else { return }
        makeDetails()
        details[0].connectTime = connectTime
        details[0].initialRtt = initialRtt
        details[0].rtt = rtt
        details[0].tlsHandshakes = tlsHandshakes ?? TLSHandshakes()
        details[0].protocols = protocols
    }

    /// Adds another row of the same window; see `ConnectionCounts.merge` for gauges.
    package mutating func merge(_ other: EdgeMetrics) {
        connections.merge(other.connections)
        packets.merge(other.packets)
        bytes.merge(other.bytes)
        guard let theirs = other.details.first else { return }
        if details.isEmpty { details = other.details } else { details[0].merge(theirs) }
    }

    /// Forgets the values at the window's end, before windows are added up.
    package mutating func clearGauges() {
        connections.clearGauges()
        for key in protocols.keys { protocols[key]?.inFlight = 0 }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.connections == right.connections && left.packets == right.packets && left.bytes == right.bytes
            && (left.details.first ?? Details()) == (right.details.first ?? Details())
    }

    // MARK: - What few edges have

    /// What an edge of a scan does not have; a store walks over it without a copy of each part.
    package struct Details: Equatable, Sendable {
        package fileprivate(set) var retransmitted = DirectionalCount()
        package fileprivate(set) var outOfOrder = DirectionalCount()
        package fileprivate(set) var zeroWindow = DirectionalCount()
        package fileprivate(set) var connectTime = Histogram()
        package fileprivate(set) var initialRtt = Histogram()
        package fileprivate(set) var rtt = Histogram()
        package fileprivate(set) var tlsHandshakes = TLSHandshakes()
        package fileprivate(set) var protocols: [ApplicationProtocol: ProtocolMetrics] = [:]

        /// Whether anything is known of TLS handshakes: a look that copies nothing.
        package var hasTLSHandshakes: Bool {
            tlsHandshakes.attempted > 0 || tlsHandshakes.completed > 0 || tlsHandshakes.resumed > 0
                || !tlsHandshakes.failed.isEmpty || !tlsHandshakes.handshakeTime.isEmpty
        }

        fileprivate mutating func merge(_ other: Details) {
            retransmitted.merge(other.retransmitted)
            outOfOrder.merge(other.outOfOrder)
            zeroWindow.merge(other.zeroWindow)
            connectTime.merge(other.connectTime)
            initialRtt.merge(other.initialRtt)
            rtt.merge(other.rtt)
            tlsHandshakes.merge(other.tlsHandshakes)
            protocols.merge(other.protocols) { mine, theirs in
                var sum = mine
                sum.merge(theirs)
                return sum
            }
        }
    }

    private mutating func makeDetails() {
        if details.isEmpty { details.append(Details()) }
    }

    /// Makes room for a value that is something; where there is room, nothing is kept too.
    private mutating func keeps(_ isSomething: Bool) -> Bool {
        if isSomething { makeDetails() }
        return !details.isEmpty
    }
}
