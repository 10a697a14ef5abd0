// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Kind and table of a CQL statement: `SELECT shop.cart`.
enum CQLStatement {
    /// In lower case; the first ones have a table.
    private static let verbs: [StaticString] = [
        "select", "delete", "insert", "update", "truncate", "create", "alter", "drop", "begin", "grant",
        "revoke", "use", "list",
    ]
    private static let verbsWithTable = 5
    /// What stands in front of the table; `nil` where nothing does.
    private static let keywords: [StaticString?] = ["from", "from", "into", nil, nil]

    /// Whether it is one.
    static func isKnown(_ text: RawSpan) -> Bool { verb(text) != nil }

    /// Its operation; `{statement}` where it is none.
    ///
    /// - Parameters:
    ///   - text: The statement, as far as it is there.
    ///   - recent: Operations made lately, by verb and table.
    /// - Returns: Verb and table.
    static func operation(_ text: RawSpan, _ recent: inout RecentValues<String>) -> String {
        guard let (verb, offset) = verb(text) else { return "{statement}" }
        let kind = UInt16(truncatingIfNeeded: verb)
        let name = verb < verbsWithTable ? table(text, offset, after: keywords[verb]) : RawSpan()
        if let slot = recent.find(name, kind: kind) { return recent[slot] }
        let word = verbs[verb].description.uppercased()
        guard let table = name.nameText(limit: CassandraLimits.name) else { return word }
        let slot = recent.insert("\(word) \(table)", for: name, kind: kind)
        return recent[slot]
    }

    /// The number of the first word, and where the rest begins.
    private static func verb(_ text: RawSpan) -> (Int, Int)? {
        var offset = 0
        let first = word(text, at: &offset)
        return verbs.firstIndex { first.equalsLowercased($0) }.map { ($0, offset) }
    }

    @_lifetime(copy text)
    private static func table(_ text: RawSpan, _ start: Int, after keyword: StaticString?) -> RawSpan {
        var offset = start
        if let keyword {
            var isFound = false
            while !isFound {
                guard offset < text.byteCount else { return RawSpan() }
                let next = word(text, at: &offset)
                if next.isEmpty { offset += 1 }
                isFound = next.equalsLowercased(keyword)
            }
        }
        let name = word(text, at: &offset)
        return name.equalsLowercased("table") ? word(text, at: &offset) : name
    }

    /// The next word without white space and quotes around it; moves behind it.
    @_lifetime(copy text)
    private static func word(_ text: RawSpan, at offset: inout Int) -> RawSpan {
        while offset < text.byteCount, text.octet(at: offset) <= 0x20 || text.octet(at: offset) == 0x22 {
            offset += 1
        }
        let start = offset
        while offset < text.byteCount, isWord(text.octet(at: offset)) { offset += 1 }
        return text.clamped(start, offset)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E: true
        default: false
        }
    }
}
