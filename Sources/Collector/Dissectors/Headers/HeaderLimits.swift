// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of what is kept of header fields that were asked for.
///
/// A value that exceeds one is cut and ends in `…`.
package enum HeaderLimits {
    /// Names that may be asked for.
    package static let names = 16
    package static let nameLength = 64
    /// Bytes of the value of one field; fields of one name are put together.
    package static let value = 128
    /// Bytes of all values of one request or response.
    package static let message = 512
    /// Requests of one connection that wait for their responses and keep fields; what comes while so
    /// many wait has none.
    package static let waiting = 32
}
