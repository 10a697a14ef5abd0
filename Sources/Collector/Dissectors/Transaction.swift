// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// One request with its response, or the lack of one.
///
/// The instants are those of DESIGN.md section 4: the capture time at which a byte and all
/// earlier bytes of its direction had first been seen.
package struct Transaction: Equatable, Sendable {
    package var applicationProtocol: ApplicationProtocol
    /// Low-cardinality: `GET /cart/{id}`, `A`.
    package var operation: String
    package var outcome: Outcome
    /// The protocol's own status; `nil` where there was no response.
    package var status: String?
    package var requestStart: Timestamp
    package var requestEnd: Timestamp
    /// `nil` where there was no response byte.
    package var responseStart: Timestamp?
    /// `nil` where the response did not end.
    package var responseEnd: Timestamp?
    /// When it ended, was cut or patience ended: decides its window.
    package var endedAt: Timestamp
    /// The response was cut short.
    package var isIncomplete: Bool
    /// The response began before the request ended.
    package var isEarlyResponse: Bool
    /// It waits by design, so it has no latency.
    package var isStreaming: Bool
    /// It is a set-up command of a client library (`HELLO`, `SET NAMES`): no request.
    ///
    /// Its start is not told, it is in no outcome and in no latency, and it is not in flight.
    package var isSession: Bool
    /// Identical requests repeated while this one waited.
    package var retries: UInt64 = 0
    /// Bytes of the request, head and body; `nil` where they are not known.
    package var requestBytes: UInt64?
    /// Bytes of the response, head and body; `nil` where they are not known.
    package var responseBytes: UInt64?
    /// The name by which the client called the server (HTTP Host, TLS server name).
    package var serverName: String?
    /// Header fields that were asked for, those of the request first; `nil` where there are none.
    package var fields: [HeaderField]?

    package init(
        applicationProtocol: ApplicationProtocol,
        operation: String,
        outcome: Outcome,
        status: String?,
        requestStart: Timestamp,
        requestEnd: Timestamp,
        responseStart: Timestamp?,
        responseEnd: Timestamp?,
        endedAt: Timestamp,
        isIncomplete: Bool = false,
        isEarlyResponse: Bool = false,
        isStreaming: Bool = false,
        isSession: Bool = false,
        fields: [HeaderField]? = nil
    ) {
        self.applicationProtocol = applicationProtocol
        self.operation = operation
        self.outcome = outcome
        self.status = status
        self.requestStart = requestStart
        self.requestEnd = requestEnd
        self.responseStart = responseStart
        self.responseEnd = responseEnd
        self.endedAt = endedAt
        self.isIncomplete = isIncomplete
        self.isEarlyResponse = isEarlyResponse
        self.isStreaming = isStreaming
        self.isSession = isSession
        self.fields = fields
    }
}

extension Transaction {
    /// How long it was until it ended, whichever way, in nanoseconds.
    private var duration: UInt64 { offset(of: endedAt) }

    /// What decides whether it is kept as an example; set-up commands are only where they failed.
    var rank: TransactionSample.Rank? {
        guard !isSession || outcome.isFailure else { return nil }
        return TransactionSample.Rank(
            latency: isStreaming || isIncomplete ? nil : responseEnd.map(offset),
            isFailure: outcome.isFailure,
            at: requestStart,
            ended: duration
        )
    }

    /// It as an example.
    var sample: TransactionSample {
        TransactionSample(
            applicationProtocol: applicationProtocol,
            operation: operation,
            outcome: outcome,
            status: status,
            at: requestStart,
            requestEnd: offset(of: requestEnd),
            responseStart: responseStart.map(offset),
            responseEnd: responseEnd.map(offset),
            ended: duration,
            isIncomplete: isIncomplete,
            isStreaming: isStreaming,
            requestBytes: requestBytes,
            responseBytes: responseBytes,
            serverName: serverName,
            fields: fields ?? []
        )
    }

    private func offset(of instant: Timestamp) -> UInt64 { UInt64(clamping: instant - requestStart) }
}
