// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// One transaction of a window as it was, kept as an example.
///
/// It has only what a dissector has made free of content: never payload, never query strings, and
/// no header fields but those that somebody asked for.
package struct TransactionSample: Equatable, Sendable {
    package var applicationProtocol: ApplicationProtocol
    /// Low-cardinality: `GET /cart/{id}`, `A`; `session` for a set-up command.
    package var operation: String
    package var outcome: Outcome
    /// The protocol's own status; `nil` where there was no response.
    package var status: String?
    /// Request first byte.
    package var at: Timestamp
    // Nanoseconds since then:
    package var requestEnd: UInt64
    /// `nil` where there was no response byte.
    package var responseStart: UInt64?
    /// `nil` where the response did not end.
    package var responseEnd: UInt64?
    /// When it ended, was cut or patience ended.
    package var ended: UInt64
    /// The response was cut short.
    package var isIncomplete: Bool
    /// It waits by design, so it has no latency.
    package var isStreaming: Bool
    /// Bytes of the request, head and body; `nil` where they are not known.
    package var requestBytes: UInt64?
    /// Bytes of the response, head and body; `nil` where they are not known.
    package var responseBytes: UInt64?
    /// The name by which the client called the server.
    package var serverName: String?
    /// Header fields that were asked for, those of the request first.
    package var fields: [HeaderField]

    package init(
        applicationProtocol: ApplicationProtocol,
        operation: String,
        outcome: Outcome,
        status: String? = nil,
        at: Timestamp,
        requestEnd: UInt64 = 0,
        responseStart: UInt64? = nil,
        responseEnd: UInt64? = nil,
        ended: UInt64,
        isIncomplete: Bool = false,
        isStreaming: Bool = false,
        requestBytes: UInt64? = nil,
        responseBytes: UInt64? = nil,
        serverName: String? = nil,
        fields: [HeaderField] = []
    ) {
        self.applicationProtocol = applicationProtocol
        self.operation = operation
        self.outcome = outcome
        self.status = status
        self.at = at
        self.requestEnd = requestEnd
        self.responseStart = responseStart
        self.responseEnd = responseEnd
        self.ended = ended
        self.isIncomplete = isIncomplete
        self.isStreaming = isStreaming
        self.requestBytes = requestBytes
        self.responseBytes = responseBytes
        self.serverName = serverName
        self.fields = fields
    }

    /// What decides which transactions are kept.
    package var rank: Rank {
        Rank(
            latency: isStreaming || isIncomplete ? nil : responseEnd,
            isFailure: outcome.isFailure,
            at: at,
            ended: ended
        )
    }

    /// What decides which transactions are kept: how slow, whether it failed, and a number that
    /// is as good as random but follows from its times alone.
    package struct Rank: Sendable, BitwiseCopyable {
        package let latency: UInt64?
        package let isFailure: Bool
        package let lot: UInt64

        package init(latency: UInt64?, isFailure: Bool, at: Timestamp, ended: UInt64) {
            self.latency = latency
            self.isFailure = isFailure
            // The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit moves every other.
            var value = UInt64(bitPattern: at.nanoseconds) &+ ended &* 0x9E37_79B9_7F4A_7C15
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            lot = value ^ value >> 31
        }
    }
}

extension TransactionSample {
    /// Whether its lot comes before another's; what has the same times is told apart by content.
    func isDrawnBefore(_ other: TransactionSample) -> Bool {
        let (mine, theirs) = (rank.lot, other.rank.lot)
        return mine != theirs ? mine < theirs : isOrderedBefore(other)
    }

    /// By time, then by everything else: unequal samples have an order.
    package func isOrderedBefore(_ other: TransactionSample) -> Bool {
        if at != other.at { return at < other.at }
        let (mine, theirs) = (figures, other.figures)
        for place in mine.indices where mine[place] != theirs[place] { return mine[place] < theirs[place] }
        if !fields.isEmpty {
            for (mine, theirs) in zip(fields, other.fields) where mine.side != theirs.side {
                return mine.side.rawValue < theirs.side.rawValue
            }
        }
        if applicationProtocol != other.applicationProtocol {
            return applicationProtocol.rawValue < other.applicationProtocol.rawValue
        }
        if operation != other.operation { return operation < other.operation }
        if status != other.status { return (status ?? "") < (other.status ?? "") }
        if serverName != other.serverName { return (serverName ?? "") < (other.serverName ?? "") }
        for (mine, theirs) in zip(fields, other.fields) {
            if mine.name != theirs.name { return mine.name < theirs.name }
            if mine.value != theirs.value { return mine.value < theirs.value }
        }
        return false
    }

    /// All that is a number; not an array, because what came in one packet has the same times.
    private var figures: InlineArray<16, UInt64> {
        [
            ended, requestEnd, UInt64(outcome.rawValue),
            responseStart ?? 0, responseEnd ?? 0, requestBytes ?? 0, responseBytes ?? 0,
            isIncomplete ? 1 : 0, isStreaming ? 1 : 0, status == nil ? 1 : 0, serverName == nil ? 1 : 0,
            responseStart == nil ? 1 : 0, responseEnd == nil ? 1 : 0,
            requestBytes == nil ? 1 : 0, responseBytes == nil ? 1 : 0,
            UInt64(fields.count),
        ]
    }
}
