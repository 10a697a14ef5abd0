// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The sums of every edge of a graph, by slot, while blocks are added to them.
struct SlotSums: ~Copyable, Sendable {
    /// Histograms that an edge has once.
    enum Time: Int {
        case connect = 0
        case initialRtt = 1
        case rtt = 2
        case handshake = 3
    }

    /// Histograms that each of its protocols has.
    enum ProtocolTime: Int {
        case latency = 0
        case serverTime = 1
        case stream = 2
    }

    /// Counters of an edge: the columns of section 1 in their order, then `resumed`.
    static let counters = ConnectionSection.columns + 1
    static let resumed = ConnectionSection.columns
    static let established = 10
    static let attempted = 20
    static let completed = 21
    static let bytes = 2
    static let open = 18
    static let pending = 19
    /// Columns before this come in pairs of sent and received.
    static let directed = 10

    /// Counters of a protocol: started to streaming, six outcomes, recognized, session, messages.
    static let protocolCounters = 16
    static let inFlight = 1
    static let streaming = 5
    static let firstOutcome = 6
    static let recognized = 12
    static let sent = 14
    static let outcomes = 6
    /// The counters in the order of their columns, started and outcomes apart.
    static let protocolColumns = Array(1...5) + Array(12...15)

    let slots: Int
    var edges: Words
    /// Position of a histogram plus 1, four to a slot.
    var times: Words
    var histograms: FoldedHistograms
    /// Failed handshakes by (slot, alert).
    var alerts = PairTable()
    var alertCounts = Words()
    /// By (slot, name of the protocol).
    var protocols: PairTable
    var protocolCounts: Words
    var protocolTimes: Words
    /// By (protocol, status).
    var statuses: PairTable
    var statusCounts: Words
    /// By (protocol, operation).
    var operations: PairTable
    var operationCounts: Words
    var operationTimes: Words

    /// - Parameters:
    ///   - slots: How many edges there are.
    ///   - histograms: How they are added up.
    init(slots: Int, histograms: consuming FoldedHistograms) {
        self.slots = slots
        self.histograms = histograms
        edges = Words(slots * Self.counters)
        times = Words(slots * 4)
        // Most edges have one protocol with one operation and one status.
        protocols = PairTable(room: slots)
        protocolCounts = Words(room: slots * Self.protocolCounters)
        protocolTimes = Words(room: slots * 3)
        statuses = PairTable(room: slots)
        statusCounts = Words(room: slots)
        operations = PairTable(room: slots)
        operationCounts = Words(room: slots * Self.outcomes)
        operationTimes = Words(room: slots)
    }

    /// What the tables take, without histograms.
    var bytes: Int {
        let counts =
            edges.bytes + alertCounts.bytes + protocolCounts.bytes + statusCounts.bytes
            + operationCounts.bytes
        let histograms = times.bytes + protocolTimes.bytes + operationTimes.bytes
        return counts + histograms + alerts.bytes + protocols.bytes + statuses.bytes + operations.bytes
    }

    /// Ends adding: gives up what only adding needs.
    mutating func finish() -> FoldedHistograms.Values {
        alerts.finish()
        protocols.finish()
        statuses.finish()
        operations.finish()
        return histograms.finish(histograms.needsKeys ? histogramKeys(histograms.count) : [])
    }

    // MARK: - Places

    @inline(__always)
    mutating func histogram(_ time: Time, of slot: Int) -> Int {
        Self.histogram(&times, at: slot &* 4 &+ time.rawValue, in: &histograms)
    }

    @inline(__always)
    mutating func histogram(_ time: ProtocolTime, ofProtocol position: Int) -> Int {
        Self.histogram(&protocolTimes, at: position &* 3 &+ time.rawValue, in: &histograms)
    }

    /// The position of a histogram that a word names, which is begun if it names none.
    @inline(__always)
    static func histogram(_ words: inout Words, at place: Int, in histograms: inout FoldedHistograms) -> Int {
        let known = words[place]
        if known > 0 { return Int(truncatingIfNeeded: known) &- 1 }
        let made = histograms.make()
        words[place] = UInt64(made + 1)
        return made
    }

    mutating func findProtocol(_ slot: Int, _ name: UInt64) -> Int {
        let (position, isNew) = protocols.find(slot, name)
        if isNew {
            protocolCounts.grow(by: Self.protocolCounters)
            protocolTimes.grow(by: 3)
        }
        return position
    }

    mutating func findOperation(_ protocolPosition: Int, _ name: UInt64) -> Int {
        let (position, isNew) = operations.find(protocolPosition, name)
        if isNew {
            operationCounts.grow(by: Self.outcomes)
            operationTimes.grow(by: 1)
        }
        return position
    }

    mutating func addAlert(_ slot: Int, _ name: UInt64, _ count: UInt64) {
        let (position, isNew) = alerts.find(slot, name)
        if isNew { alertCounts.grow(by: 1) }
        alertCounts.add(count, at: position)
    }

    mutating func addStatus(_ protocolPosition: Int, _ name: UInt64, _ count: UInt64) {
        let (position, isNew) = statuses.find(protocolPosition, name)
        if isNew { statusCounts.grow(by: 1) }
        statusCounts.add(count, at: position)
    }
}
