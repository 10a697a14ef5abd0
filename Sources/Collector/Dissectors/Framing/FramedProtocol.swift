// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What one protocol of length-prefixed messages or lines needs to be followed by a
/// `FramedDissector`, which does the rest: cutting, instants, losses, endings.
///
/// ```text
/// measure ──► how long is it, how much of it do we want to see
/// message ──► what it says: ledger.begin, .answer, .concludeAtEnd ...
/// ```
protocol FramedProtocol: SendableMetatype {
    static var applicationProtocol: ApplicationProtocol { get }
    /// See `StreamDissector.ports`.
    static var ports: [UInt16] { get }
    /// The most bytes of a message that are wanted in one piece, or needed to know its length.
    static var headLimit: Int { get }
    /// Whether responses come in the order of requests; else they have keys.
    static var isOrdered: Bool { get }

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition

    init(_ setup: DissectorSetup)

    /// Whether the connection turned into something else after the message that was shown last.
    ///
    /// Then `successor` tells into what.
    var isFinished: Bool { get }
    var successor: Successor { get }

    /// How long the message is that begins with these bytes.
    ///
    /// What is shown next of the side is its head, so what was read of it may be kept until then.
    mutating func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure

    /// Whether a segment in the middle of a stream begins with a message; stricter than `measure`,
    /// because most bytes are none.
    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool

    /// Takes a message as soon as its head is complete.
    ///
    /// - Parameters:
    ///   - head: As much as `measure` wanted; less where the rest was not captured.
    ///   - message: What is known of the whole.
    ///   - side: Who sent it.
    ///   - ledger: The requests of the connection.
    ///   - output: Receives what comes of it besides transactions.
    /// - Returns: `false` where the stream is not what it seemed, and is given up.
    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool

    /// Takes what lies in the bytes as a whole in one go, where that is cheaper than one message after
    /// the other, and comes to the same.
    ///
    /// - Returns: Bytes of all messages that were taken; 0, as by default, where they are to be shown.
    mutating func takeAtOnce(
        _ bytes: RawSpan,
        from side: StreamSide,
        at time: Timestamp,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Int

    /// Whether one that is made anew for the same client would go on as this one will, now that no
    /// request waits and no message has begun.
    var isAtRest: Bool { get }

    /// Messages of a side were lost: state that depends on having seen them all is void.
    mutating func lostSync(_ side: StreamSide)
}

extension FramedProtocol {
    static var isOrdered: Bool { true }
    var isFinished: Bool { false }
    var successor: Successor { .none }
    var isAtRest: Bool { false }
    @inline(__always)
    mutating func takeAtOnce(
        _ bytes: RawSpan,
        from side: StreamSide,
        at time: Timestamp,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Int { 0 }
    mutating func lostSync(_ side: StreamSide) {}
}

/// What is known of a message when its head is complete.
struct FramedMessage: BitwiseCopyable {
    /// Bytes of it, head included.
    let length: Int
    /// When its first byte was seen.
    let start: Timestamp
    /// When the last byte of its head was seen.
    let now: Timestamp
}
