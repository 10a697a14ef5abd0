// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the Thrift dissector.
enum ThriftLimits {
    /// The longest frame; libraries refuse more than 16 MiB unless told otherwise.
    static let frame = 256 << 20
    /// The longest name of a method, with that of a service in front.
    static let name = 128
    /// Bytes of a frame that are looked at: header, name, and the first field.
    static let head = 192
}
