// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The header of a frame of the native protocol, versions 3 to 5 (native_protocol_v4.spec,
/// section 2).
///
/// ```text
/// version and direction | flags | stream (2) | opcode | length (4)
/// ```
struct CassandraHeader: BitwiseCopyable {
    static let length = 9

    let version: UInt8
    let isResponse: Bool
    let isCompressed: Bool
    let hasWarningsOrTracing: Bool
    let stream: Int16
    let opcode: UInt8
    let bodyLength: Int

    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.length else { return nil }
        version = bytes.octet(at: 0) & 0x7F
        isResponse = bytes.octet(at: 0) & 0x80 != 0
        let flags = bytes.octet(at: 1)
        isCompressed = flags & 0x01 != 0
        hasWarningsOrTracing = flags & 0x0E != 0
        stream = Int16(bitPattern: bytes.octetPair(at: 2))
        opcode = bytes.octet(at: 4)
        bodyLength = Int(bytes.octetQuad(at: 5))
        guard (3...5).contains(version), flags & 0xE0 == 0, bodyLength <= CassandraLimits.frame,
            isResponse ? Opcode.isResponse(opcode) : Opcode.isRequest(opcode)
        else { return nil }
    }

    /// Whether the bytes there are can begin a header.
    static func isPlausible(_ bytes: RawSpan) -> Bool {
        (3...5).contains(bytes.octet(at: 0) & 0x7F)
            && (bytes.byteCount < 2 || bytes.octet(at: 1) & 0xE0 == 0)
            && (bytes.byteCount < 5 || Opcode.isRequest(bytes.octet(at: 4))
                || Opcode.isResponse(bytes.octet(at: 4)))
    }

    enum Opcode {
        static let error: UInt8 = 0x00
        static let startup: UInt8 = 0x01
        static let ready: UInt8 = 0x02
        static let authenticate: UInt8 = 0x03
        static let query: UInt8 = 0x07
        static let result: UInt8 = 0x08
        static let prepare: UInt8 = 0x09
        static let execute: UInt8 = 0x0A
        static let event: UInt8 = 0x0C

        static func isRequest(_ code: UInt8) -> Bool {
            switch code {
            case startup, 0x05, query, prepare, execute, 0x0B, 0x0D, 0x0F: true
            default: false
            }
        }

        static func isResponse(_ code: UInt8) -> Bool {
            switch code {
            case error, ready, authenticate, 0x06, result, event, 0x0E, 0x10: true
            default: false
            }
        }
    }
}
