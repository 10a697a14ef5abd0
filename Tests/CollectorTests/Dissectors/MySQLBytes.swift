// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Packets of MySQL's protocol.
enum MySQLBytes {
    static func packet(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
        little(payload.count, 3) + [number] + payload
    }

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static let compression = 0x20
    static let encryption = 0x800
    static let withoutEOF = 1 << 24
    static let moreResults = 8

    static func greeting(offering capabilities: Int = 0xFFFF_FFFF) -> [UInt8] {
        packet(
            0,
            [10] + Array("8.0.36\0".utf8) + [1, 0, 0, 0] + Array("saltsalt".utf8) + [0]
                + little(capabilities, 2) + [33] + [2, 0] + little(capabilities >> 16, 2) + [21]
                + [UInt8](repeating: 0, count: 10) + Array("saltsaltsalt\0caching_sha2_password\0".utf8)
        )
    }

    static func login(_ capabilities: Int = 0, number: UInt8 = 1) -> [UInt8] {
        packet(
            number,
            little(capabilities | 0x200, 4) + [0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23)
                + Array("secret\0".utf8) + [0]
        )
    }

    static let encrypt = packet(
        1,
        little(encryption | 0x200, 4) + [0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23)
    )

    static func query(_ text: String) -> [UInt8] { packet(0, [3] + Array(text.utf8)) }
    static func prepare(_ text: String) -> [UInt8] { packet(0, [0x16] + Array(text.utf8)) }
    static func execute(_ number: Int, flags: UInt8 = 0) -> [UInt8] {
        packet(0, [0x17] + little(number, 4) + [flags, 1, 0, 0, 0, 9, 9])
    }
    static func close(_ number: Int) -> [UInt8] { packet(0, [0x19] + little(number, 4)) }
    static let ping = packet(0, [0x0E])

    static func ok(_ number: UInt8, status: Int = 2, header: UInt8 = 0) -> [UInt8] {
        packet(number, [header, 0, 0] + little(status, 2) + [0, 0])
    }
    static func eof(_ number: UInt8, status: Int = 2) -> [UInt8] {
        packet(number, [0xFE, 0, 0] + little(status, 2))
    }
    static func error(_ number: UInt8, _ code: Int) -> [UInt8] {
        packet(number, [0xFF] + little(code, 2) + Array("#42S02no such secret".utf8))
    }
    static func definition(_ number: UInt8) -> [UInt8] {
        packet(number, Array("\u{3}def\0\0\0\u{1}a\0".utf8) + [12, 33, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0])
    }
    static func row(_ number: UInt8) -> [UInt8] { packet(number, [1, 0x35]) }

    /// One column, some rows, with EOF packets in between or without.
    static func rows(_ count: UInt8, from first: UInt8 = 1, hasEOF: Bool = true, status: Int = 2) -> [UInt8] {
        var number = first
        func next() -> UInt8 {
            defer { number += 1 }
            return number
        }
        var bytes = packet(next(), [1]) + definition(next())
        if hasEOF { bytes += eof(next()) }
        for _ in 0..<count { bytes += row(next()) }
        return bytes + (hasEOF ? eof(next(), status: status) : ok(next(), status: status, header: 0xFE))
    }
}
