// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A dissector in a box: a flow's own, whichever protocol it is of.
protocol FollowedStream: AnyObject {
    var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64) { get }
    var deadline: Timestamp? { get }
    var isFinished: Bool { get }
    var successor: Successor { get }
    /// See `StreamDissector.rest`.
    var rest: DissectorRest? { get }

    /// See `StreamDissector.consume`; tells as well whether it finished.
    func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> (used: Int, isFinished: Bool)
    func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    )
    func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    func reset(by direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    func close(at time: Timestamp, into output: inout DissectionOutput)
    func advance(to time: Timestamp, into output: inout DissectionOutput)
    func settle(at time: Timestamp, into output: inout DissectionOutput)
}

/// The one box for all of them.
final class DissectorBox<Dissector: StreamDissector>: FollowedStream {
    private var dissector: Dissector

    init(_ dissector: Dissector) {
        self.dissector = dissector
    }

    var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64) {
        (dissector.inFlightProtocol, UInt64(clamping: dissector.inFlight))
    }
    var deadline: Timestamp? { dissector.deadline }
    var isFinished: Bool { dissector.isFinished }
    var successor: Successor { dissector.successor }
    var rest: DissectorRest? { dissector.rest }

    // Called for each segment: what is not specialized goes through tables and copies the dissector.
    @_specialize(where Dissector == RedisDissector)
    @_specialize(where Dissector == HTTPDissector)
    @_specialize(where Dissector == HTTP2Dissector)
    @_specialize(where Dissector == TLSDissector)
    @_specialize(where Dissector == PostgreSQLDissector)
    @_specialize(where Dissector == MySQLDissector)
    @_specialize(where Dissector == KafkaDissector)
    @_specialize(where Dissector == MongoDBDissector)
    @_specialize(where Dissector == AMQPDissector)
    @_specialize(where Dissector == MQTTDissector)
    @_specialize(where Dissector == NATSDissector)
    @_specialize(where Dissector == MemcachedDissector)
    @_specialize(where Dissector == CassandraDissector)
    @_specialize(where Dissector == ZooKeeperDissector)
    @_specialize(where Dissector == LDAPDissector)
    @_specialize(where Dissector == ThriftDissector)
    @_specialize(where Dissector == DubboDissector)
    @_specialize(where Dissector == WebSocketDissector)
    func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> (used: Int, isFinished: Bool) {
        dissector.take(direction, bytes, at: time, into: &output)
    }

    func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    ) {
        dissector.missing(direction, count, at: time, isTail: isTail, into: &output)
    }

    func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        dissector.end(direction, at: time, into: &output)
    }

    func reset(by direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        dissector.reset(by: direction, at: time, into: &output)
    }

    func close(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.close(at: time, into: &output)
    }

    func advance(to time: Timestamp, into output: inout DissectionOutput) {
        dissector.advance(to: time, into: &output)
    }

    func settle(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.settle(at: time, into: &output)
    }
}
