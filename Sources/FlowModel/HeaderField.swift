// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A header field of a request or a response, kept in an example because somebody asked for it.
///
/// It has only what a dissector has redacted.
package struct HeaderField: Equatable, Sendable {
    /// Who sent it.
    package enum Side: UInt8, CaseIterable, Sendable {
        case request = 0
        case response = 1
    }

    package var side: Side
    /// In lower case.
    package var name: String
    /// Ends in `…` where it was cut.
    package var value: String

    package init(_ side: Side, _ name: String, _ value: String) {
        self.side = side
        self.name = name
        self.value = value
    }
}
