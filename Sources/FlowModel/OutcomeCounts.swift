// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What became of a request.
package enum Outcome: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case ok = 0
    case clientError = 1
    case serverError = 2
    /// Unanswered: the client closed, reset or cancelled first.
    case clientGaveUp = 3
    /// Unanswered: the server closed or reset first.
    case serverClosed = 4
    /// Unanswered: patience ended (DNS 5 s, others 60 s, configurable).
    case timedOut = 5

    /// Whether the server, not the client, is to blame.
    package var isFailure: Bool {
        switch self {
        case .serverError, .serverClosed, .timedOut: true
        case .ok, .clientError, .clientGaveUp: false
        }
    }
}

/// Requests by outcome; their sum is `requests`.
package struct OutcomeCounts: Equatable, Sendable {
    package var ok: UInt64 = 0
    package var clientError: UInt64 = 0
    package var serverError: UInt64 = 0
    package var clientGaveUp: UInt64 = 0
    package var serverClosed: UInt64 = 0
    package var timedOut: UInt64 = 0

    package init() {}

    package var requests: UInt64 {
        ok.addingSaturated(clientError).addingSaturated(serverError).addingSaturated(unanswered)
    }

    package var unanswered: UInt64 { clientGaveUp.addingSaturated(serverClosed).addingSaturated(timedOut) }

    /// The numerator of `errorRate`: what the server, not the client, is to blame for.
    package var failed: UInt64 { serverError.addingSaturated(serverClosed).addingSaturated(timedOut) }

    package mutating func record(_ outcome: Outcome) {
        switch outcome {
        case .ok: ok += 1
        case .clientError: clientError += 1
        case .serverError: serverError += 1
        case .clientGaveUp: clientGaveUp += 1
        case .serverClosed: serverClosed += 1
        case .timedOut: timedOut += 1
        }
    }

    package mutating func merge(_ other: OutcomeCounts) {
        ok.addSaturated(other.ok)
        clientError.addSaturated(other.clientError)
        serverError.addSaturated(other.serverError)
        clientGaveUp.addSaturated(other.clientGaveUp)
        serverClosed.addSaturated(other.serverClosed)
        timedOut.addSaturated(other.timedOut)
    }
}
