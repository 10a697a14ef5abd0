// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Frames and header sections written by hand.
enum HTTP2Bytes {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4

    static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags]
            + (0..<4).map { UInt8(stream >> (24 - 8 * $0) & 0xFF) } + payload
    }

    static func settings(_ values: [(UInt8, UInt32)] = []) -> [UInt8] {
        frame(4, 0, 0, values.flatMap { id, value in [0, id] + word(value) })
    }

    static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }

    static func headers(_ stream: UInt32, _ block: [UInt8], ends: Bool = false) -> [UInt8] {
        frame(1, endHeaders | (ends ? endStream : 0), stream, block)
    }

    static func data(_ stream: UInt32, _ text: String, ends: Bool = false) -> [UInt8] {
        frame(0, ends ? endStream : 0, stream, Array(text.utf8))
    }

    static func reset(_ stream: UInt32, _ code: UInt32) -> [UInt8] { frame(3, 0, stream, word(code)) }

    /// A message of gRPC.
    static func message(_ text: String, flags: UInt8 = 0) -> [UInt8] {
        [flags] + word(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    static func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    /// A field that adds nothing to the table.
    static func plain(_ name: String, _ value: String) -> [UInt8] { [0x00] + string(name) + string(value) }

    /// A field that is added to the table.
    static func added(_ name: String, _ value: String) -> [UInt8] { [0x40] + string(name) + string(value) }

    /// `GET`, `http` and a path.
    static func get(_ path: String, authority: String = "cart.shop") -> [UInt8] {
        [0x82, 0x86, 0x04] + string(path) + [0x01] + string(authority)
    }

    /// `POST` of a call of gRPC.
    static func call(_ path: String) -> [UInt8] {
        [0x83, 0x86, 0x04] + string(path) + [0x0F, 0x10] + string("application/grpc")
            + plain("te", "trailers")
    }

    static let ok: [UInt8] = [0x88]
    static let grpcOK: [UInt8] = [0x88, 0x0F, 0x10] + string("application/grpc+proto")

    static func hex(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
