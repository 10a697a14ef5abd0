// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a server or a service says about a request.
enum NATSStatus {
    /// The status in the headers of a reply (`NATS/1.0 503`: nobody was there to answer).
    static func read(_ headers: RawSpan) -> (Outcome, String?) {
        guard headers.hasPrefix("NATS/1.0 "), headers.byteCount >= 12 else { return (.ok, nil) }
        let digits = headers.clamped(9, 12)
        for offset in 0..<3 where digits.octet(at: offset) &- 0x30 >= 10 { return (.ok, nil) }
        let outcome: Outcome =
            switch digits.octet(at: 0) {
            case 0x34: .clientError
            case 0x35: .serverError
            default: .ok
            }
        return (outcome, digits.text)
    }

    /// The message of a `-ERR` line; what it quotes is left out.
    static func error(_ line: RawSpan) -> (Outcome, String) {
        for (text, name, outcome) in known where line.matches(text, at: 6, lowercasing: true) {
            return (outcome, name)
        }
        return (.serverError, "Error")
    }

    private static let known: [(StaticString, String, Outcome)] = [
        ("permissions violation", "Permissions Violation", .clientError),
        ("authorization violation", "Authorization Violation", .clientError),
        ("authorization timeout", "Authorization Timeout", .clientError),
        ("authentication timeout", "Authentication Timeout", .clientError),
        ("user authentication expired", "User Authentication Expired", .clientError),
        ("user authentication revoked", "User Authentication Revoked", .clientError),
        ("account authentication expired", "Account Authentication Expired", .clientError),
        ("unknown protocol operation", "Unknown Protocol Operation", .clientError),
        ("attempted to connect to route port", "Attempted To Connect To Route Port", .clientError),
        ("invalid client protocol", "Invalid Client Protocol", .clientError),
        ("maximum control line exceeded", "Maximum Control Line Exceeded", .clientError),
        ("maximum payload violation", "Maximum Payload Violation", .clientError),
        ("invalid subject", "Invalid Subject", .clientError),
        ("invalid publish subject", "Invalid Publish Subject", .clientError),
        ("parser error", "Parser Error", .clientError),
        ("secure connection - tls required", "TLS Required", .clientError),
        ("maximum connections exceeded", "Maximum Connections Exceeded", .serverError),
        ("maximum subscriptions exceeded", "Maximum Subscriptions Exceeded", .serverError),
        ("slow consumer", "Slow Consumer", .serverError),
        ("stale connection", "Stale Connection", .serverError),
    ]
}
