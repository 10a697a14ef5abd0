// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// Feeds a follower and holds what it yields against what must always be true of it.
struct FollowerHarness {
    /// Bytes kept of a flow: full header tables and queues of requests, and room in arrays.
    private static let mostKept = 4_194_304
    /// Bytes of a text that names something.
    private static let longestText = 4_096

    private let follower: StreamFollower
    private var output = DissectionOutput()
    private var now = Timestamp(seconds: 1_700_000_000)
    private var started = 0
    private var ended = 0
    private var unmatched = 0
    private var isDNS: Bool

    private let heapBefore = HeapSize.now

    init(transport: TransportProtocol, serverPort: UInt16) {
        isDNS = transport == .udp
        follower = StreamFollower(
            transport: transport,
            originatorPort: 40_000,
            responderPort: serverPort,
            patience: Patience(),
            originatorAddress: IPAddress(v4: 0x0A00_0001),
            responderAddress: IPAddress(v4: 0x0A00_0002)
        )
    }

    init(
        presuming presumed: PresumedProtocol,
        client: FlowDirection,
        isOriginatorAligned: Bool,
        isResponderAligned: Bool,
        isFromStart: Bool
    ) {
        isDNS = presumed.applicationProtocol == .dns
        follower = StreamFollower(
            presuming: presumed,
            client: client,
            isOriginatorAligned: isOriginatorAligned,
            isResponderAligned: isResponderAligned,
            isFromStart: isFromStart,
            patience: Patience(),
            originatorAddress: IPAddress(v4: 0x0A00_0001),
            responderAddress: IPAddress(v4: 0x0A00_0002)
        )
    }

    /// Lets time pass: mostly little, at times longer than any patience.
    mutating func wait(_ choice: UInt8) {
        now = now + Int64(choice) * (choice > 250 ? 400_000_000 : 1_000_000)
        follower.advance(to: now, into: &output)
        let isPast = follower.deadline.map { $0 <= now } ?? false
        require(!isPast, "what has advanced to an instant has nothing left to say at it")
        take()
    }

    /// What is kept of one flow is bounded, however long it goes on.
    func checkMemory() {
        let kept = HeapSize.now - heapBefore
        require(kept <= Self.mostKept, "\(kept) bytes are kept of one flow")
    }

    mutating func segment(
        _ direction: FlowDirection,
        _ sequence: UInt32,
        _ acknowledgment: UInt32,
        _ flags: TCPFlags,
        _ payload: RawSpan,
        _ length: Int
    ) {
        follower.segment(
            direction,
            sequence: sequence,
            acknowledgment: acknowledgment,
            flags: flags,
            payload: payload,
            payloadLength: length,
            at: now,
            into: &output
        )
        take()
    }

    mutating func datagram(_ direction: FlowDirection, _ payload: RawSpan, _ length: Int) {
        follower.datagram(direction, payload: payload, payloadLength: length, at: now, into: &output)
        take()
    }

    /// Ends the input, or the flow, and checks that every request came to one thing.
    mutating func finish(closes: Bool) {
        if closes { follower.close(at: now, into: &output) }
        follower.endOfInput(into: &output)
        take()
        let waiting = Int(follower.inFlight?.count ?? 0)
        require(!closes || waiting == 0, "a flow that is over has requests in flight")
        let known = ended + waiting
        // In DNS a question of the side that answers, and an answer of the one that asks, is lost and
        // never began; where nothing began, this may be DNS over TCP.
        let isSound = isDNS || started == 0 ? started >= known : started == known + unmatched
        require(isSound, "\(started) began, \(ended) ended, \(unmatched) were lost, \(waiting) wait")
    }

    private mutating func take() {
        started += output.started.count
        for one in output.started where one.applicationProtocol == .dns { isDNS = true }
        for cause in output.losses where cause == .unmatchedRequests { unmatched += 1 }
        for one in output.finished { check(one) }
        for one in output.names { check(one.name) }
        for one in output.handshakes {
            if case .completed(let nanoseconds, _) = one.step {
                require(nanoseconds >= 0, "a handshake of \(nanoseconds) ns")
            }
            require(one.at <= now, "a handshake in the future: \(one)")
        }
        output.removeAll()
    }

    private mutating func check(_ one: Transaction) {
        // Set-up commands are not told when they begin.
        if !one.isSession { ended += 1 }
        require(one.requestStart <= one.requestEnd, "a request ends before it begins")
        require(one.requestStart <= one.endedAt, "a transaction ends before it begins: \(one)")
        require(one.endedAt <= now, "a transaction ends in the future: \(one)")
        if let first = one.responseStart {
            require(one.requestStart <= first, "a response begins before its request: \(one)")
            if let last = one.responseEnd { require(first <= last, "a response ends before it begins") }
        }
        check(one.operation)
        if let status = one.status { check(status) }
        if let name = one.serverName { check(name) }
    }

    private func check(_ text: String) {
        require(text.utf8.count <= Self.longestText, "a text of \(text.utf8.count) bytes")
        let hasControl = text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        require(!hasControl, "a text with control characters: \(text.debugDescription)")
    }
}
