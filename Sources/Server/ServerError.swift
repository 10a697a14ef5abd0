// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why the server could not start or went down, in one line with a remedy.
package struct ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable {
        case notLoopback
        case portInUse
        case portForbidden
        case noPage
        case failed
    }

    package let code: Code
    package let description: String

    static func notLoopback(host: String) -> ServerError {
        ServerError(
            code: .notLoopback,
            description:
                "\"\(host)\" is not a loopback address: svcmap serves this machine only; use 127.0.0.1 or ::1"
        )
    }

    static func portInUse(host: String, port: Int) -> ServerError {
        ServerError(
            code: .portInUse,
            description:
                "port \(port) on \(host) is in use by another program; choose another with --port, or 0 for a free one"
        )
    }

    static func portForbidden(host: String, port: Int) -> ServerError {
        ServerError(
            code: .portForbidden,
            description:
                "not allowed to listen on port \(port) of \(host); choose one from 1024 up with --port"
        )
    }

    static func noPage(directory: String) -> ServerError {
        ServerError(
            code: .noPage,
            description:
                "\"\(directory)\" has no index.html; name the folder that holds the page, or leave --page out"
        )
    }

    static func failed(_ cause: any Error) -> ServerError {
        ServerError(code: .failed, description: "the server stopped: \(cause)")
    }
}
