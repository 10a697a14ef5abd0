// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Operations of a connection that have a name in them, so that a repeated one costs no new string.
struct NamedOperations {
    /// The longest text of a name in an operation.
    private static let longestText = 160
    /// Levels of a name that are told.
    private static let levels = 8

    private var recent = RecentValues(capacity: 32, longestKey: 256, nothing: "")

    /// The operation with a name.
    ///
    /// - Parameters:
    ///   - verb: What is done; two verbs have two kinds.
    ///   - kind: Of the verb.
    ///   - name: What it is done to, as it was sent.
    ///   - separator: Between the levels of names.
    /// - Returns: The verb and the name made low-cardinality.
    mutating func operation(
        _ verb: StaticString,
        kind: UInt16,
        _ name: RawSpan,
        separator: UInt8?
    ) -> String {
        if let slot = recent.find(name, kind: kind) { return recent[slot] }
        let operation = "\(verb) \(Self.text(name, separator: separator))"
        let slot = recent.insert(operation, for: name, kind: kind)
        return recent[slot]
    }

    /// A name as it may stand in an operation.
    ///
    /// Without a separator it is taken as it is, if it has the characters of an identifier.
    static func text(_ name: RawSpan, separator: UInt8?) -> String {
        guard let separator else {
            return isIdentifier(name) && name.byteCount <= longestText ? name.text : "{name}"
        }
        var result = ""
        var start = 0
        var level = 0
        while start <= name.byteCount {
            var end = start
            while end < name.byteCount, name.octet(at: end) != separator { end += 1 }
            if level > 0 { result.unicodeScalars.append(Unicode.Scalar(separator)) }
            guard level < levels else { return result + "{rest}" }
            result += levelText(name.clamped(start, end))
            guard result.utf8.count <= longestText else { return "{name}" }
            level += 1
            start = end + 1
        }
        return result
    }

    private static func levelText(_ level: RawSpan) -> String {
        // Wildcards of subscriptions stand as they are.
        if level.byteCount == 1 {
            switch level.octet(at: 0) {
            case 0x23, 0x2A, 0x2B, 0x3E: return level.text
            default: break
            }
        }
        return SegmentTemplate.template(level.octets[...])
    }

    private static func isIdentifier(_ name: RawSpan) -> Bool {
        for offset in 0..<name.byteCount {
            switch name.octet(at: offset) {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: continue
            default: return false
            }
        }
        return !name.isEmpty
    }
}
