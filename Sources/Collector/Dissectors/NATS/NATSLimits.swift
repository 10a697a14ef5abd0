// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the NATS dissector.
enum NATSLimits {
    /// A line: INFO tells the addresses of a whole cluster, CONNECT may carry a token.
    static let line = 32_768
    /// A line by which the protocol is recognized from the middle.
    static let recognizedLine = 4_096
    /// Bytes of headers that are looked at.
    static let headers = 24
    /// The longest message believed; servers take 64 MiB at most (`max_payload`).
    static let payload = 67_108_864
    /// Subscriptions to inboxes that are remembered.
    static let inboxes = 64
    /// Commands that wait for their `+OK`.
    static let confirmations = 1_024
}
