// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias WebSocketDissector = FramedDissector<WebSocketFormat>

/// WebSocket (RFC 6455), after HTTP/1.1 agreed on it: frames are counted each way.
///
/// ```text
///  0         1            2                  +0, 2 or 8     +4
///  +---------+------------+------------------+--------------+-----------
///  |F RSV op | M length   | extended length  | mask of a    | payload …
///  |         |            |                  | client       |
///  +---------+------------+------------------+--------------+-----------
/// ```
struct WebSocketFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.websocket
    static let ports: [UInt16] = []
    static let headLimit = 14
    /// The longest payload of a control frame (section 5.5).
    private static let longestControl = 125

    private let client: FlowDirection

    /// Never: a frame looks like anything, so only an agreement tells.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition { .no }

    init(_ setup: DissectorSetup) { client = setup.client }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard bytes.byteCount >= 2 else { return .needsMore(2) }
        let code = bytes.octet(at: 0) & 0x0F
        let isMasked = bytes.octet(at: 1) & 0x80 != 0
        var length = Int(bytes.octet(at: 1) & 0x7F)
        let isControl = code >= 8
        // Section 5.1: a client masks, a server does not.
        guard code <= 2 || (8...10).contains(code), isMasked == (side == .client) else { return .invalid }
        if isControl {
            let isWhole = bytes.octet(at: 0) & 0x80 != 0
            guard length <= Self.longestControl, isWhole else { return .invalid }
        }
        let extended = length == 126 ? 2 : length == 127 ? 8 : 0
        guard bytes.byteCount >= 2 + extended else { return .needsMore(2 + extended) }
        if extended > 0 {
            length = 0
            for offset in 2..<2 + extended {
                guard length < 1 << 48 else { return .invalid }
                length = length << 8 | Int(bytes.octet(at: offset))
            }
        }
        let head = 2 + extended + (isMasked ? 4 : 0)
        return .message(length: head + length, head: head)
    }

    /// A segment that is a chain of frames, all of them whole.
    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        var offset = 0
        while offset < bytes.byteCount {
            guard bytes.octet(at: offset) & 0x70 == 0,
                case .message(let length, _) = measure(bytes.clamped(offset, bytes.byteCount), from: side),
                length <= bytes.byteCount - offset
            else { return false }
            offset += length
        }
        return offset > 0
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        let direction = side == .client ? client : client.opposite
        output.messages.append(.init(applicationProtocol: .websocket, direction: direction))
        return true
    }
}
