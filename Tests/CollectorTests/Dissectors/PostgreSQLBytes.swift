// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Messages of PostgreSQL's protocol 3.0.
enum PostgreSQLBytes {
    static func typed(_ type: Character, _ body: [UInt8] = []) -> [UInt8] {
        [type.asciiValue ?? 0] + bigEndian(body.count + 4) + body
    }

    static func typed(_ type: Character, text: String) -> [UInt8] { typed(type, Array(text.utf8)) }

    static func untyped(_ code: UInt32, _ body: [UInt8] = []) -> [UInt8] {
        bigEndian(body.count + 8) + bigEndian(Int(code)) + body
    }

    static let encrypt = untyped(80_877_103)
    static let startup = untyped(196_608, Array("user\0me\0database\0shop\0\0".utf8))
    static let cancel = untyped(80_877_102, [0, 0, 1, 2, 3, 4, 5, 6])
    static let sync = typed("S")
    static let flush = typed("H")
    static let parsed = typed("1")
    static let bound = typed("2")
    static let noData = typed("n")
    static let row = typed("D", [0, 1, 0, 0, 0, 1, 0x35])
    static let suspended = typed("s")

    static func ready(_ state: Character = "I") -> [UInt8] { typed("Z", text: String(state)) }
    static func query(_ text: String) -> [UInt8] { typed("Q", text: text + "\0") }
    static func parse(_ text: String, name: String = "") -> [UInt8] {
        typed("P", Array((name + "\0" + text + "\0").utf8) + [0, 0])
    }
    static func bind(_ name: String = "", portal: String = "") -> [UInt8] {
        typed("B", Array((portal + "\0" + name + "\0").utf8) + [0, 0, 0, 0, 0, 0])
    }
    static func describe(_ name: String = "") -> [UInt8] { typed("D", text: "S" + name + "\0") }
    static func execute(portal: String = "") -> [UInt8] {
        typed("E", Array((portal + "\0").utf8) + [0, 0, 0, 0])
    }
    static func close(_ name: String) -> [UInt8] { typed("C", text: "S" + name + "\0") }
    static func complete(_ tag: String) -> [UInt8] { typed("C", text: tag + "\0") }
    static func authentication(_ code: UInt8) -> [UInt8] { typed("R", [0, 0, 0, code]) }
    static func error(_ code: String) -> [UInt8] {
        typed("E", text: "SERROR\0VERROR\0C\(code)\0Mno such secret\0\0")
    }
    static func notice(_ text: String) -> [UInt8] {
        typed("N", text: "SNOTICE\0C00000\0M\(text)\0\0")
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
