// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Messages of MongoDB's protocol, with documents of BSON.
enum MongoDBBytes {
    /// A value of a document.
    struct Value: Sendable {
        let type: UInt8
        let bytes: [UInt8]

        static func double(_ value: Double) -> Value {
            Value(type: 0x01, bytes: little(Int(Int64(bitPattern: value.bitPattern)), 8))
        }
        static func text(_ text: String) -> Value {
            Value(type: 0x02, bytes: little(text.utf8.count + 1, 4) + Array(text.utf8) + [0])
        }
        static func document(_ elements: [(String, Value)]) -> Value {
            Value(type: 0x03, bytes: MongoDBBytes.document(elements))
        }
        static func array(_ values: [Value]) -> Value {
            let elements = values.enumerated().map { ("\($0.offset)", $0.element) }
            return Value(type: 0x04, bytes: MongoDBBytes.document(elements))
        }
        static func truth(_ value: Bool) -> Value { Value(type: 0x08, bytes: [value ? 1 : 0]) }
        static func int(_ value: Int) -> Value { Value(type: 0x10, bytes: little(value, 4)) }
        static func long(_ value: Int) -> Value { Value(type: 0x12, bytes: little(value, 8)) }
        static let null = Value(type: 0x0A, bytes: [])
    }

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func document(_ elements: [(String, Value)]) -> [UInt8] {
        var content: [UInt8] = []
        for (name, value) in elements {
            content.append(value.type)
            content += Array(name.utf8)
            content.append(0)
            content += value.bytes
        }
        return little(content.count + 5, 4) + content + [0]
    }

    static func message(_ kind: Int, _ number: Int, answering: Int = 0, _ body: [UInt8]) -> [UInt8] {
        little(body.count + 16, 4) + little(number, 4) + little(answering, 4) + little(kind, 4) + body
    }

    /// OP_MSG with a body, and document sequences before or behind it.
    static func msg(
        _ number: Int,
        answering: Int = 0,
        flags: Int = 0,
        before: [UInt8] = [],
        _ elements: [(String, Value)],
        behind: [UInt8] = []
    ) -> [UInt8] {
        let checksum: [UInt8] = flags & 1 == 0 ? [] : [1, 2, 3, 4]
        return message(
            2_013,
            number,
            answering: answering,
            little(flags, 4) + before + [0] + document(elements) + behind + checksum
        )
    }

    static func sequence(_ name: String, _ documents: [[(String, Value)]]) -> [UInt8] {
        let content = Array(name.utf8) + [0] + documents.flatMap { document($0) }
        return [1] + little(content.count + 4, 4) + content
    }

    static func query(
        _ number: Int,
        _ namespace: String,
        flags: Int = 0,
        _ elements: [(String, Value)]
    ) -> [UInt8] {
        message(
            2_004,
            number,
            little(flags, 4) + Array(namespace.utf8) + [0] + little(0, 4) + little(-1, 4) + document(elements)
        )
    }

    static func reply(_ number: Int, answering: Int, flags: Int = 8, _ elements: [(String, Value)]) -> [UInt8]
    {
        message(
            1,
            number,
            answering: answering,
            little(flags, 4) + little(0, 8) + little(0, 4) + little(1, 4) + document(elements)
        )
    }

    static let ok: [(String, Value)] = [("ok", .double(1))]
    static func failure(_ code: Int) -> [(String, Value)] {
        [("ok", .double(0)), ("errmsg", .text("secret")), ("code", .int(code)), ("codeName", .text("X"))]
    }
}
