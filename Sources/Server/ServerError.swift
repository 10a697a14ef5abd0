// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why the server could not start or went down, in one line with a remedy.
package struct ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable {
        case notAnAddress
        case openToNetwork
        case contradictoryAccess
        case badToken
        case badAllowedHost
        case badTLS
        case portInUse
        case portForbidden
        case noPage
        case failed
    }

    package let code: Code
    package let description: String

    static func notAnAddress(host: String) -> ServerError {
        ServerError(
            code: .notAnAddress,
            description:
                "\"\(host)\" is not an address of this machine; use 127.0.0.1, ::1, 0.0.0.0 or another"
        )
    }

    static func openToNetwork(host: String) -> ServerError {
        ServerError(
            code: .openToNetwork,
            description:
                "\(host) can be reached from the network: give --token-file or SVCMAP_TOKEN, or --tls-client-ca, or --no-auth to let anyone in"
        )
    }

    static let contradictoryAccess = ServerError(
        code: .contradictoryAccess,
        description: "--no-auth lets anyone in, and a token or --tls-client-ca does not: choose one"
    )

    static let badToken = ServerError(
        code: .badToken,
        description:
            "a token has \(AccessToken.minimumLength) to \(AccessToken.maximumLength) printable ASCII characters without spaces; 'openssl rand -hex 32' makes one"
    )

    static func badAllowedHost(_ name: String) -> ServerError {
        ServerError(
            code: .badAllowedHost,
            description:
                "\"\(name)\" is not a host name; --allowed-host takes names such as map.example.org, without scheme and port"
        )
    }

    static func badTLS(_ cause: String) -> ServerError {
        let line = cause.split(whereSeparator: \.isNewline).joined(separator: " ")
        return ServerError(code: .badTLS, description: "cannot use the certificate: \(line)")
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
