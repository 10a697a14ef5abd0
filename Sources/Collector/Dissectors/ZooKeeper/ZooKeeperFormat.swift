// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias ZooKeeperDissector = FramedDissector<ZooKeeperFormat>

/// ZooKeeper's client protocol (Apache ZooKeeper, `zookeeper.jute`).
///
/// ```text
/// request  | length | xid | type | ...      response | length | xid | zxid (8) | error | ...
/// connect  | length | 0 | last zxid (8) | timeout | session (8) | password length 16 | ...
/// ```
struct ZooKeeperFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.zookeeper
    static let ports: [UInt16] = [2_181]
    static let headLimit = ZooKeeperLimits.head
    static let isOrdered = false

    private enum SpecialID {
        static let notification: Int32 = -1
    }

    /// Stands for the request that opens a session, which has no id.
    private static let connectKey = UInt64.max
    private let client: FlowDirection
    private var awaitsConnect: Bool
    private var awaitsConnected = false

    init(_ setup: DissectorSetup) {
        client = setup.client
        awaitsConnect = setup.isAligned[setup.client] && setup.isFromStart
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard bytes.byteCount >= 4 else { return .needsMore(4) }
        let length = Int(bytes.octetQuad(at: 0))
        guard length >= 8, length <= ZooKeeperLimits.packet else { return .invalid }
        return .message(length: 4 + length, head: ZooKeeperLimits.head)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        switch side {
        case .client: Self.request(bytes) == .fromClient
        case .server:
            // A reply has an id that is known or special, and an error code that can be.
            bytes.byteCount >= 20 && (16...ZooKeeperLimits.packet).contains(Int(bytes.octetQuad(at: 0)))
                && Int32(bitPattern: bytes.octetQuad(at: 4)) >= -8
                && (-200...0).contains(Int32(bitPattern: bytes.octetQuad(at: 16)))
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        switch side {
        case .client:
            if awaitsConnect, Self.isConnect(head) {
                awaitsConnect = false
                awaitsConnected = true
                ledger.begin("connect", key: Self.connectKey, at: message.start, .session, into: &output)
                return true
            }
            awaitsConnect = false
            let type = Int32(bitPattern: head.octetQuad(at: 8))
            let (name, isSession) = ZooKeeperOperation.name(type) ?? ("{operation}", false)
            ledger.begin(
                name,
                key: UInt64(head.octetQuad(at: 4)),
                at: message.start,
                isSession ? .session : [],
                into: &output
            )
            return true
        case .server:
            answer(head, message, &ledger, into: &output)
            return true
        }
    }

    mutating func lostSync(_ side: StreamSide) {
        awaitsConnect = false
        awaitsConnected = false
    }

    private mutating func answer(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        if awaitsConnected {
            awaitsConnected = false
            if let position = ledger.position(of: Self.connectKey),
                ledger.answer(position, at: message.start, into: &output)
            {
                ledger.concludeAtEnd(position)
            }
            return
        }
        let id = head.octetQuad(at: 4)
        if Int32(bitPattern: id) == SpecialID.notification {
            output.messages.append(.init(applicationProtocol: .zookeeper, direction: client.opposite))
            return
        }
        guard let position = ledger.position(of: UInt64(id)) else {
            output.losses.append(.unmatchedResponses)
            return
        }
        guard ledger.answer(position, at: message.start, into: &output) else { return }
        let (outcome, status) = ZooKeeperOperation.verdict(Int32(bitPattern: head.octetQuad(at: 16)))
        ledger.concludeAtEnd(position, outcome, status: status)
    }

    // MARK: - Recognition

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        // Lengths are below 2^24 in every packet by which it is recognized.
        guard bytes.octet(at: 0) == 0 else { return .no }
        if evidence.isFromStart {
            if bytes.byteCount < 32 {
                return connectMayCome(bytes) || request(bytes) == .undecided ? .undecided : .no
            }
            if isConnect(bytes) { return .fromClient }
        }
        return request(bytes)
    }

    private static func connectMayCome(_ bytes: RawSpan) -> Bool {
        (bytes.byteCount < 4 || [44, 45].contains(bytes.octetQuad(at: 0)))
            && (bytes.byteCount < 8 || bytes.octetQuad(at: 4) == 0)
    }

    private static func isConnect(_ bytes: RawSpan) -> Bool {
        [44, 45].contains(bytes.octetQuad(at: 0)) && bytes.octetQuad(at: 4) == 0
            && bytes.octetQuad(at: 28) == 16
    }

    /// A request with a path.
    private static func request(_ bytes: RawSpan) -> Recognition {
        let length = Int(bytes.octetQuad(at: 0))
        if bytes.byteCount >= 4 {
            guard length >= 13, length <= ZooKeeperLimits.packet else { return .no }
        }
        if bytes.byteCount >= 12 {
            let type = Int32(bitPattern: bytes.octetQuad(at: 8))
            guard Int32(bitPattern: bytes.octetQuad(at: 4)) > 0, ZooKeeperOperation.hasPath(type) else {
                return .no
            }
        }
        if bytes.byteCount >= 16 {
            let path = Int(bytes.octetQuad(at: 12))
            guard (1...ZooKeeperLimits.path).contains(path), path + 12 <= length else { return .no }
        }
        guard bytes.byteCount >= 17 else { return .undecided }
        return bytes.octet(at: 16) == 0x2F ? .fromClient : .no
    }
}
