// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the AMQP dissector.
enum AMQPLimits {
    /// The longest frame believed; brokers agree on 128 KiB (`frame_max`).
    static let frame = 16_777_216
    /// Bytes of a method that are looked at: two names and what lies between.
    static let methodHead = 1_024
    /// The longest method by which the protocol is recognized.
    static let recognizedMethod = 4_096
    /// Channels of one connection.
    static let channels = 2_048
}
