// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A version of TLS, as it is written on the wire.
package enum TLSVersion: UInt16, Sendable {
    case ssl3 = 0x0300
    case tls10 = 0x0301
    case tls11 = 0x0302
    case tls12 = 0x0303
    case tls13 = 0x0304
}
