// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Kind and table of a CQL statement: `SELECT shop.cart`.
enum CQLStatement {
    static func operation(_ text: RawSpan) -> String {
        var offset = 0
        let verb = word(text, at: &offset)
        switch true {
        case verb.equalsLowercased("select"), verb.equalsLowercased("delete"):
            return named(verb, after: "from", text, offset)
        case verb.equalsLowercased("insert"): return named(verb, after: "into", text, offset)
        case verb.equalsLowercased("update"), verb.equalsLowercased("truncate"):
            return named(verb, text, offset)
        case verb.equalsLowercased("create"), verb.equalsLowercased("alter"), verb.equalsLowercased("drop"),
            verb.equalsLowercased("begin"), verb.equalsLowercased("grant"), verb.equalsLowercased("revoke"),
            verb.equalsLowercased("use"), verb.equalsLowercased("list"):
            return verb.text.uppercased()
        default: return "{statement}"
        }
    }

    private static func named(
        _ verb: RawSpan,
        after keyword: StaticString,
        _ text: RawSpan,
        _ start: Int
    ) -> String {
        var offset = start
        while offset < text.byteCount {
            let next = word(text, at: &offset)
            if next.isEmpty { offset += 1 }
            if next.equalsLowercased(keyword) { return named(verb, text, offset) }
        }
        return verb.text.uppercased()
    }

    private static func named(_ verb: RawSpan, _ text: RawSpan, _ start: Int) -> String {
        var offset = start
        var name = word(text, at: &offset)
        if name.equalsLowercased("table") { name = word(text, at: &offset) }
        let kind = verb.text.uppercased()
        guard let table = name.nameText(limit: CassandraLimits.name) else { return kind }
        return "\(kind) \(table)"
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
