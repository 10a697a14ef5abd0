// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The header of the binary protocol (memcached, `BinaryProtocolRevamped`).
///
/// ```text
/// magic | opcode | key length (2) | extras length | data type | status (2) | body length (4) | opaque (4) | cas (8)
/// ```
struct MemcachedHeader: BitwiseCopyable {
    static let length = 24
    static let request: UInt8 = 0x80
    static let response: UInt8 = 0x81

    let isResponse: Bool
    let opcode: UInt8
    let status: UInt16
    let bodyLength: Int

    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.length, [Self.request, Self.response].contains(bytes.octet(at: 0))
        else {
            return nil
        }
        isResponse = bytes.octet(at: 0) == Self.response
        opcode = bytes.octet(at: 1)
        status = bytes.octetPair(at: 6)
        bodyLength = Int(bytes.octetQuad(at: 8))
        let key = Int(bytes.octetPair(at: 2))
        let extras = Int(bytes.octet(at: 4))
        guard bytes.octet(at: 5) == 0, bodyLength <= MemcachedLimits.value, key <= MemcachedLimits.key,
            key + extras <= bodyLength, extras <= 20, Self.name(opcode) != nil
        else { return nil }
    }

    /// The name of an operation, the same for those that are quiet, and whether they are.
    static func name(_ opcode: UInt8) -> (name: StaticString, isQuiet: Bool)? {
        switch opcode {
        case 0x00, 0x0C: ("get", false)
        case 0x09, 0x0D: ("get", true)
        case 0x01: ("set", false)
        case 0x11: ("set", true)
        case 0x02: ("add", false)
        case 0x12: ("add", true)
        case 0x03: ("replace", false)
        case 0x13: ("replace", true)
        case 0x04: ("delete", false)
        case 0x14: ("delete", true)
        case 0x05: ("incr", false)
        case 0x15: ("incr", true)
        case 0x06: ("decr", false)
        case 0x16: ("decr", true)
        case 0x07: ("quit", false)
        case 0x17: ("quit", true)
        case 0x08: ("flush_all", false)
        case 0x18: ("flush_all", true)
        case 0x0A: ("noop", false)
        case 0x0B: ("version", false)
        case 0x0E: ("append", false)
        case 0x19: ("append", true)
        case 0x0F: ("prepend", false)
        case 0x1A: ("prepend", true)
        case 0x10: ("stats", false)
        case 0x1B: ("verbosity", false)
        case 0x1C: ("touch", false)
        case 0x1D: ("gat", false)
        case 0x1E: ("gat", true)
        case 0x20: ("sasl_list", false)
        case 0x21: ("sasl_auth", false)
        case 0x22: ("sasl_step", false)
        default: nil
        }
    }

    /// Operations that only keep the connection.
    var isSession: Bool {
        switch opcode {
        case 0x07, 0x0A, 0x0B, 0x1B, 0x20, 0x21, 0x22: true
        default: false
        }
    }

    /// What a status makes of a request; a key that is not there is an answer.
    var verdict: (outcome: Outcome, status: String?) {
        switch status {
        case 0, 1, 2, 5: (.ok, nil)
        case 3: (.clientError, "E2BIG")
        case 4: (.clientError, "EINVAL")
        case 6: (.clientError, "DELTA_BADVAL")
        case 7: (.serverError, "NOT_MY_VBUCKET")
        case 0x20: (.clientError, "AUTH_ERROR")
        case 0x21: (.ok, "AUTH_CONTINUE")
        case 0x81: (.clientError, "UNKNOWN_COMMAND")
        case 0x82: (.serverError, "ENOMEM")
        case 0x83: (.serverError, "NOT_SUPPORTED")
        case 0x84: (.serverError, "EINTERNAL")
        case 0x85: (.serverError, "EBUSY")
        case 0x86: (.serverError, "ETMPFAIL")
        default: (.serverError, "ERROR")
        }
    }
}
