// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTP2Dissector {
    /// A stream was reset.
    mutating func reset(
        _ id: UInt32,
        code: UInt32,
        by side: StreamSide,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard let position = streams.find(id) else { return }
        if streams[position].responseStart != nil {
            // What a client that cancels is told by its own library.
            let canceled: (Outcome, String?) = (GRPCStatus.outcome(1), GRPCStatus.name(1))
            let override = side == .client ? canceled : (.serverError, HTTP2ErrorCode.name(code))
            finish(position, responseEnd: nil, at: time, override: override, into: &output)
        } else if side == .server {
            fail(position, .serverClosed, status: HTTP2ErrorCode.name(code), at: time, into: &output)
        } else if streams[position].isResponseLost {
            drop(position, into: &output)
        } else {
            fail(position, .clientGaveUp, at: time, into: &output)
        }
    }

    /// The server will not answer streams after this one.
    mutating func goAway(
        after last: UInt32,
        code: UInt32,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let status = code == 0 ? nil : HTTP2ErrorCode.name(code)
        for id in streams.ordered where id > last {
            guard let position = streams.find(id), streams[position].responseStart == nil else { continue }
            fail(position, .serverClosed, status: status, at: time, into: &output)
        }
    }

    /// A direction closed in order.
    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        takeCutPayload(side(of: direction), at: time, into: &output)
        if direction == client {
            // Half-closed: responses may still come.
            clientClosed = true
            return
        }
        failAll(clientClosed ? .clientGaveUp : .serverClosed, at: time, into: &output)
    }

    /// One side reset the connection.
    mutating func reset(
        by direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isFinished else { return }
        let cause: Outcome = clientClosed || direction == client ? .clientGaveUp : .serverClosed
        failAll(cause, at: time, into: &output)
    }

    /// The flow is over without a FIN or RST of the server.
    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        failAll(clientClosed ? .clientGaveUp : .timedOut, at: time, into: &output)
    }

    private mutating func failAll(_ cause: Outcome, at time: Timestamp, into output: inout DissectionOutput) {
        isFinished = true
        for id in streams.ordered {
            guard let position = streams.find(id) else { continue }
            if streams[position].responseStart != nil {
                let isServerGone = cause == .serverClosed
                finish(position, responseEnd: nil, at: time, isServerGone: isServerGone, into: &output)
            } else if streams[position].isResponseLost {
                drop(position, into: &output)
            } else {
                fail(position, cause, at: time, into: &output)
            }
        }
    }

    /// Input has ended: what kind of request one is will not be known any more.
    mutating func settle(at time: Timestamp, into output: inout DissectionOutput) {
        for position in 0..<streams.count where !streams[position].isDecided {
            tell(&streams[position], into: &output)
        }
    }

    /// When patience ends next.
    var deadline: Timestamp? {
        guard !isFinished else { return nil }
        var earliest: Timestamp?
        for position in 0..<streams.count {
            guard let since = streams[position].waitsSince else { continue }
            if earliest.map({ since + patience < $0 }) ?? true { earliest = since + patience }
        }
        return earliest
    }

    /// Ends the patience with requests that have waited too long.
    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        guard let deadline, deadline <= time else { return }
        for id in streams.ordered {
            guard let position = streams.find(id), let since = streams[position].waitsSince else { continue }
            let deadline = since + patience
            guard deadline <= time else { continue }
            if streams[position].isResponseLost {
                if streams[position].responseStart != nil {
                    finish(position, responseEnd: nil, at: deadline, into: &output)
                } else {
                    drop(position, into: &output)
                }
                continue
            }
            tell(&streams[position], into: &output)
            let one = Self.unanswered(streams[position], .timedOut, status: nil, at: deadline)
            output.finished.append(one)
            streams.decide(position)
        }
    }
}
