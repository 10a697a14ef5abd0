// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Writes JSON by RFC 8259 so that equal values give equal bytes and changes give short diffs.
struct JSONWriter {
    private var bytes: [UInt8] = []

    /// The document with two spaces of indentation and a final newline.
    static func write(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.append(value, depth: 0, isOnOneLine: false)
        writer.bytes.append(UInt8(ascii: "\n"))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private mutating func append(_ value: JSONValue, depth: Int, isOnOneLine: Bool) {
        switch value {
        case .string(let string): append(string)
        case .number(let text), .raw(let text): bytes.append(contentsOf: text.utf8)
        case .count(let count): DecimalText.append(count, to: &bytes)
        case .index(let index):
            if index < 0 { bytes.append(UInt8(ascii: "-")) }
            DecimalText.append(UInt64(index.magnitude), to: &bytes)
        case .seconds(let nanoseconds): DecimalText.append(seconds: nanoseconds, to: &bytes)
        case .bool(let bool): bytes.append(contentsOf: (bool ? "true" : "false").utf8)
        case .line(let inner): append(inner, depth: depth, isOnOneLine: true)
        case .array(let elements):
            appendList("[", "]", count: elements.count, depth: depth, isOnOneLine: isOnOneLine) {
                writer,
                index in
                writer.append(elements[index], depth: depth + 1, isOnOneLine: isOnOneLine)
            }
        case .elements(let count, let element):
            appendList("[", "]", count: count, depth: depth, isOnOneLine: isOnOneLine) { writer, index in
                writer.append(element(index), depth: depth + 1, isOnOneLine: isOnOneLine)
            }
        case .object(let members):
            appendList("{", "}", count: members.count, depth: depth, isOnOneLine: isOnOneLine) {
                writer,
                index in
                writer.append(members[index].key)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.bytes.append(UInt8(ascii: " "))
                writer.append(members[index].value, depth: depth + 1, isOnOneLine: isOnOneLine)
            }
        }
    }

    private mutating func appendList(
        _ open: Unicode.Scalar,
        _ close: Unicode.Scalar,
        count: Int,
        depth: Int,
        isOnOneLine: Bool,
        element: (inout JSONWriter, Int) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for index in 0..<count {
            if index > 0 {
                bytes.append(UInt8(ascii: ","))
                if isOnOneLine { bytes.append(UInt8(ascii: " ")) }
            }
            if !isOnOneLine { appendLineBreak(depth + 1) }
            element(&self, index)
        }
        if !isOnOneLine, count > 0 { appendLineBreak(depth) }
        bytes.append(UInt8(ascii: close))
    }

    private mutating func appendLineBreak(_ depth: Int) {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func append(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        // Most are keys, ids and figures.
        if string.utf8.allSatisfy(Self.isPlain) {
            bytes.append(contentsOf: string.utf8)
        } else {
            appendEscaped(string)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a byte is a visible ASCII character that stands for itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Everything a reader could not see is escaped, not only what RFC 8259 demands: the
    /// document is also printed to terminals and embedded in scripts.
    private mutating func appendEscaped(_ string: String) {
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case let scalar where VisibleText.isVisible(scalar):
                bytes.append(contentsOf: String(scalar).utf8)
            default:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    bytes.append(
                        contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
                    )
                }
            }
        }
    }
}
