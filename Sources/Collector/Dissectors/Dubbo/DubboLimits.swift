// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the Dubbo dissector.
enum DubboLimits {
    /// The longest body; servers refuse more than 8 MiB unless told otherwise.
    static let body = 64 << 20
    /// Bytes of a message that are looked at: header, and the names of service and method.
    static let head = 512
    /// The longest name of a service, and of a method.
    static let name = 160
}
