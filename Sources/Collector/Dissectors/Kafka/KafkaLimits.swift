// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the Kafka dissector.
enum KafkaLimits {
    /// The longest message believed: brokers take 100 MiB (`socket.request.max.bytes`).
    static let message = 104_857_600
    /// The longest message by which the protocol is recognized, so that its first byte is 0.
    static let recognizedMessage = 0xFF_FFFF
    /// Bytes of a request that are looked at.
    static let requestHead = 1_024
    /// Bytes of a response that are looked at for errors.
    static let responseHead = 4_096
    /// The longest name of a client.
    static let clientID = 255
    /// Versions beyond the newest that is known which are still believed.
    static let futureVersions = 3
    /// Responses in a row that answer nothing before a stream is given up.
    static let strangers = 64
    /// How far correlation ids of responses may lag behind the newest request.
    static let correlationLag: UInt32 = 1_024
    /// Arrays inside arrays.
    static let depth = 8
    /// Topics whose identifiers are remembered.
    static let topics = 4_096
    /// The longest topic name that brokers accept.
    static let topic = 249
}
