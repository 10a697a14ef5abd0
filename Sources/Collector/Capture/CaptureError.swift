// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why a capture could not be opened or read on.
package struct CaptureError: Error, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable {
        case notFound
        case notReadable
        case notACapture
        case unsupported
        case damaged
        case permissionDenied
        case noSuchInterface
        case interfaceFailed
    }

    package let code: Code
    /// One line: what failed, with what, what to try.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
