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
    package var isIncomplete = false
    /// The response began before the request ended.
    package var isEarlyResponse = false
    /// It waits by design, so it has no latency.
    package var isStreaming = false
    /// Identical requests repeated while this one waited.
    package var retries: UInt64 = 0

    package init(
        applicationProtocol: ApplicationProtocol,
        operation: String,
        outcome: Outcome,
        status: String?,
        requestStart: Timestamp,
        requestEnd: Timestamp,
        responseStart: Timestamp?,
        responseEnd: Timestamp?,
        endedAt: Timestamp
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
    }
}
