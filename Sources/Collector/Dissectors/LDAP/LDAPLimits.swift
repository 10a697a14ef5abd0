// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the LDAP dissector.
enum LDAPLimits {
    /// The longest message; servers accept 2 to 20 MiB unless told otherwise.
    static let message = 64 << 20
    /// Bytes of a message that are looked at.
    static let head = 64
}
