// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Error codes (native_protocol_v4.spec, section 9).
enum CassandraError {
    /// What a code makes of a request.
    static func verdict(_ code: UInt32) -> (outcome: Outcome, status: String) {
        switch code {
        case 0x0000: (.serverError, "SERVER_ERROR")
        case 0x000A: (.serverError, "PROTOCOL_ERROR")
        case 0x0100: (.serverError, "BAD_CREDENTIALS")
        case 0x1000: (.serverError, "UNAVAILABLE")
        case 0x1001: (.serverError, "OVERLOADED")
        case 0x1002: (.serverError, "IS_BOOTSTRAPPING")
        case 0x1003: (.serverError, "TRUNCATE_ERROR")
        case 0x1100: (.serverError, "WRITE_TIMEOUT")
        case 0x1200: (.serverError, "READ_TIMEOUT")
        case 0x1300: (.serverError, "READ_FAILURE")
        case 0x1400: (.serverError, "FUNCTION_FAILURE")
        case 0x1500: (.serverError, "WRITE_FAILURE")
        case 0x1600: (.serverError, "CDC_WRITE_FAILURE")
        case 0x1700: (.serverError, "CAS_WRITE_UNKNOWN")
        case 0x2000: (.serverError, "SYNTAX_ERROR")
        case 0x2100: (.serverError, "UNAUTHORIZED")
        case 0x2200: (.serverError, "INVALID")
        case 0x2300: (.serverError, "CONFIG_ERROR")
        case 0x2400: (.serverError, "ALREADY_EXISTS")
        // The driver prepares the statement again and goes on.
        case 0x2500: (.ok, "UNPREPARED")
        default: (.serverError, "ERROR")
        }
    }
}
