// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the MQTT dissector.
enum MQTTLimits {
    /// Bytes of a packet that are looked at: its header, a topic and a few properties.
    static let head = 512
    /// The longest CONNECT by which the protocol is recognized.
    static let connect = 65_536
    /// Topics that clients give numbers (aliases of version 5).
    static let aliases = 64
}
