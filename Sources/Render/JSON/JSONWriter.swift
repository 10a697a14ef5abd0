// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Writes JSON by RFC 8259 so that equal values give equal bytes and changes give short diffs.
struct JSONWriter {
    private var text = ""

    /// The document with two spaces of indentation and a final newline.
    static func write(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.append(value, depth: 0, isOnOneLine: false)
        writer.text += "\n"
        return writer.text
    }

    private mutating func append(_ value: JSONValue, depth: Int, isOnOneLine: Bool) {
        switch value {
        case .string(let string): append(string)
        case .number(let digits): text += digits
        case .raw(let json): text += json
        case .bool(let bool): text += bool ? "true" : "false"
        case .line(let inner): append(inner, depth: depth, isOnOneLine: true)
        case .array(let elements):
            appendList("[", "]", count: elements.count, depth: depth, isOnOneLine: isOnOneLine) {
                writer,
                index in
                writer.append(elements[index], depth: depth + 1, isOnOneLine: isOnOneLine)
            }
        case .object(let members):
            appendList("{", "}", count: members.count, depth: depth, isOnOneLine: isOnOneLine) {
                writer,
                index in
                writer.append(members[index].key)
                writer.text += ": "
                writer.append(members[index].value, depth: depth + 1, isOnOneLine: isOnOneLine)
            }
        }
    }

    private mutating func appendList(
        _ open: String,
        _ close: String,
        count: Int,
        depth: Int,
        isOnOneLine: Bool,
        element: (inout JSONWriter, Int) -> Void
    ) {
        text += open
        for index in 0..<count {
            if index > 0 { text += isOnOneLine ? ", " : "," }
            if !isOnOneLine { appendLineBreak(depth + 1) }
            element(&self, index)
        }
        if !isOnOneLine, count > 0 { appendLineBreak(depth) }
        text += close
    }

    private mutating func appendLineBreak(_ depth: Int) {
        text += "\n" + String(repeating: "  ", count: depth)
    }

    /// Everything a reader could not see is escaped, not only what RFC 8259 demands: the
    /// document is also printed to terminals and embedded in scripts.
    private mutating func append(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case let scalar where VisibleText.isVisible(scalar): text.unicodeScalars.append(scalar)
            default:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        text += "\""
    }
}
