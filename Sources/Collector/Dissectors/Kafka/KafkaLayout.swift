// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The fields of a message of one API, of all its versions, as far as something in them is looked
/// for.
///
/// Written in words: `i4` is an integer of four bytes, `s` a string, `b` bytes, `u` the identifier
/// of a topic, `t` its name, `e` an error code, `k` the acknowledgments asked for, `p` the epoch of
/// a fetch session, `g` stands for the tagged fields at the end of a struct; `[` and `]` enclose the fields of an array's elements, `(i4)` is an array of
/// integers, and after `.` nothing is looked for. `3+:i4` is there from version 3 on, `0-12:s` up to
/// version 12.
struct KafkaLayout: Sendable {
    enum Mark: Sendable { case none, error, topic, topicID, acknowledgments, epoch }

    enum Kind: Sendable, Equatable {
        case fixed(Int)
        case text
        case octets
        case tags
        /// Elements of a fixed size.
        case integers(Int)
        case array
        case end
        case stop
    }

    struct Field: Sendable {
        let kind: Kind
        let mark: Mark
        let versions: ClosedRange<Int>
        /// Of an array: the index after its end.
        var next = 0
    }

    private(set) var fields: [Field] = []

    init(_ words: String) {
        var open: [Int] = []
        for word in words.split(separator: " ") {
            let parts = word.split(separator: ":", maxSplits: 1)
            let versions = parts.count == 2 ? Self.versions(parts[0]) : 0...Int.max
            guard let item = parts.last, let (kind, mark) = Self.kind(item) else { continue }
            if kind == .array { open.append(fields.count) }
            fields.append(Field(kind: kind, mark: mark, versions: versions))
            if kind == .end, let start = open.popLast() { fields[start].next = fields.count }
        }
    }

    private static func versions(_ text: Substring) -> ClosedRange<Int> {
        let bounds = text.split(whereSeparator: { $0 == "-" || $0 == "+" }).compactMap { Int($0) }
        let lower = bounds.first ?? 0
        return lower...max(lower, bounds.count > 1 ? bounds[1] : Int.max)
    }

    private static func kind(_ item: Substring) -> (Kind, Mark)? {
        switch item {
        case "[": (.array, .none)
        case "]": (.end, .none)
        case ".": (.stop, .none)
        case "e": (.fixed(2), .error)
        case "k": (.fixed(2), .acknowledgments)
        case "p": (.fixed(4), .epoch)
        case "u": (.fixed(16), .topicID)
        case "t": (.text, .topic)
        case "s": (.text, .none)
        case "b": (.octets, .none)
        case "g": (.tags, .none)
        default:
            if item.hasPrefix("("), let width = Int(item.dropFirst(2).dropLast()) {
                (.integers(width), .none)
            } else if item.hasPrefix("i"), let width = Int(item.dropFirst()) {
                (.fixed(width), .none)
            } else {
                nil
            }
        }
    }
}

/// Is shown the fields of a message that have a mark, and where they lie.
protocol KafkaVisitor {
    mutating func visit(_ mark: KafkaLayout.Mark, _ bytes: RawSpan, _ range: Range<Int>)
    /// An array begins, at depth 0 one of the message itself.
    mutating func beginArray(of count: Int, depth: Int)
}

extension KafkaLayout {
    /// Goes through a message as far as it is known.
    ///
    /// - Parameters:
    ///   - bytes: The message, or its beginning.
    ///   - offset: Where its fields begin.
    ///   - version: Of the API.
    ///   - isFlexible: The version has compact lengths and tagged fields.
    ///   - visitor: Is shown what has a mark.
    func walk(
        _ bytes: RawSpan,
        from offset: Int,
        version: Int,
        isFlexible: Bool,
        _ visitor: inout some KafkaVisitor
    ) {
        var cursor = KafkaCursor(at: offset)
        _ = walk(bytes, &cursor, from: 0, version: version, isFlexible: isFlexible, depth: 0, &visitor)
    }

    /// - Returns: `false` where nothing further can be read.
    private func walk(
        _ bytes: RawSpan,
        _ cursor: inout KafkaCursor,
        from first: Int,
        version: Int,
        isFlexible: Bool,
        depth: Int,
        _ visitor: inout some KafkaVisitor
    ) -> Bool {
        var index = first
        while index < fields.count {
            let field = fields[index]
            guard field.versions.contains(version) else {
                index = field.kind == .array ? field.next : index + 1
                continue
            }
            index += 1
            let start = cursor.offset
            switch field.kind {
            case .fixed(let width): cursor.skip(width, in: bytes)
            case .text:
                let range = cursor.text(in: bytes, isFlexible: isFlexible)
                if !cursor.isShort, field.mark != .none { visitor.visit(field.mark, bytes, range) }
                if cursor.isShort { return false }
                continue
            case .octets: cursor.skipOctets(in: bytes, isFlexible: isFlexible)
            case .tags: if isFlexible { cursor.skipTags(in: bytes) }
            case .integers(let width):
                let count = max(0, cursor.count(in: bytes, isFlexible: isFlexible))
                cursor.skip(count &* width, in: bytes)
            case .array:
                let count = cursor.count(in: bytes, isFlexible: isFlexible)
                guard !cursor.isShort, depth < KafkaLimits.depth else { return false }
                visitor.beginArray(of: count, depth: depth)
                for _ in 0..<max(0, count) {
                    let before = cursor.offset
                    guard
                        walk(
                            bytes,
                            &cursor,
                            from: index,
                            version: version,
                            isFlexible: isFlexible,
                            depth: depth + 1,
                            &visitor
                        ), cursor.offset > before
                    else { return false }
                }
                index = field.next
                continue
            case .end:
                if isFlexible { cursor.skipTags(in: bytes) }
                return !cursor.isShort
            case .stop: return false
            }
            if cursor.isShort { return false }
            if field.mark != .none { visitor.visit(field.mark, bytes, start..<cursor.offset) }
        }
        return true
    }
}
