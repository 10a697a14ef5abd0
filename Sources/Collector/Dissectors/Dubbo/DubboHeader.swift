// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The header of Dubbo 2 (Apache Dubbo, "Dubbo protocol").
///
/// ```text
/// DA BB | request, two-way, event, serialization | status | id (8) | body length (4)
/// ```
struct DubboHeader: BitwiseCopyable {
    static let length = 16

    let isRequest: Bool
    let isTwoWay: Bool
    /// A heartbeat, or a notice that the server is about to go.
    let isEvent: Bool
    /// Hessian 2 is the usual one; others are not read.
    let isHessian: Bool
    let status: UInt8
    let id: UInt64
    let bodyLength: Int

    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.length, bytes.octetPair(at: 0) == 0xDABB else { return nil }
        let flags = bytes.octet(at: 2)
        isRequest = flags & 0x80 != 0
        isTwoWay = flags & 0x40 != 0
        isEvent = flags & 0x20 != 0
        isHessian = flags & 0x1F == 2
        status = bytes.octet(at: 3)
        id = bytes.octetEight(at: 4)
        bodyLength = Int(bytes.octetQuad(at: 12))
        guard bodyLength <= DubboLimits.body, flags & 0x1F != 0 else { return nil }
    }

    /// What a status makes of a call; `nil` for success.
    var error: (outcome: Outcome, status: String)? {
        switch status {
        case 20: nil
        case 30: (.serverError, "CLIENT_TIMEOUT")
        case 31: (.serverError, "SERVER_TIMEOUT")
        case 35: (.serverError, "CHANNEL_INACTIVE")
        case 40: (.clientError, "BAD_REQUEST")
        case 50: (.serverError, "BAD_RESPONSE")
        case 60: (.serverError, "SERVICE_NOT_FOUND")
        case 70: (.serverError, "SERVICE_ERROR")
        case 80: (.serverError, "SERVER_ERROR")
        case 90: (.clientError, "CLIENT_ERROR")
        case 100: (.serverError, "SERVER_THREADPOOL_EXHAUSTED_ERROR")
        default: (.serverError, "ERROR")
        }
    }

    /// A string of Hessian 2 of at most 1,023 characters; moves behind it.
    static func string(_ bytes: RawSpan, at offset: inout Int) -> Range<Int>? {
        let tag = bytes.octet(at: offset)
        let length: Int
        switch tag {
        case 0x00...0x1F:
            length = Int(tag)
            offset += 1
        case 0x30...0x33:
            length = Int(tag - 0x30) << 8 | Int(bytes.octet(at: offset + 1))
            offset += 2
        default: return nil
        }
        // Names are ASCII, so characters are bytes.
        guard offset + length <= bytes.byteCount else { return nil }
        defer { offset += length }
        return offset..<offset + length
    }
}
