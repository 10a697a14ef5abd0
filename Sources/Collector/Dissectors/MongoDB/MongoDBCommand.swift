// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the document of a command asks for.
struct MongoDBCommand {
    /// Where its name lies.
    let name: Range<Int>
    /// Where the name of its collection lies; empty where it has none.
    private(set) var collection = 0..<0
    private(set) var traits: CallTraits = []
    /// Further batches of it wait for what is not there yet.
    private(set) var isTailed = false

    /// Reads the document whose elements begin at an offset.
    init?(_ bytes: RawSpan, at start: Int) {
        guard var first = BSONElement(bytes, at: start) else { return nil }
        // Old drivers wrap the command to add options to it.
        if first.kind == .document, first.isNamed("$query", bytes) || first.isNamed("query", bytes) {
            guard let inner = BSONElement(bytes, at: first.content) else { return nil }
            first = inner
        }
        name = first.nameStart..<first.nameEnd
        guard (1...MongoDBLimits.command).contains(name.count) else { return nil }
        collection = Self.text(first, bytes)
        let word = bytes.clamped(name)
        if Self.isSession(word) { traits = .session }
        let isGetMore = word.equals("getMore")
        let isAggregate = word.equals("aggregate")
        let isFind = word.equals("find")
        guard isGetMore || isAggregate || isFind || traits == .session else { return }
        readOptions(bytes, from: first.end, isGetMore: isGetMore, isAggregate: isAggregate, isFind: isFind)
    }

    private mutating func readOptions(
        _ bytes: RawSpan,
        from start: Int,
        isGetMore: Bool,
        isAggregate: Bool,
        isFind: Bool
    ) {
        var offset = start
        for _ in 0..<MongoDBLimits.elements {
            guard let element = BSONElement(bytes, at: offset) else { return }
            offset = element.end
            if isGetMore {
                if element.isNamed("collection", bytes) { collection = Self.text(element, bytes) }
                // Servers accept a time to wait for cursors alone that wait.
                if element.isNamed("maxTimeMS", bytes) { traits.insert(.streaming) }
            } else if isFind {
                if element.isNamed("tailable", bytes), element.number(bytes) == 1 { isTailed = true }
            } else if isAggregate {
                if element.isNamed("pipeline", bytes), Self.watches(element, bytes) { isTailed = true }
            } else if element.isNamed("maxAwaitTimeMS", bytes) {
                // `hello` that waits for a change of the server.
                traits.insert(.streaming)
            }
        }
    }

    /// Whether the first stage of a pipeline is `$changeStream`.
    private static func watches(_ pipeline: BSONElement, _ bytes: RawSpan) -> Bool {
        guard pipeline.kind == .array, let stage = BSONElement(bytes, at: pipeline.content),
            stage.kind == .document, let first = BSONElement(bytes, at: stage.content)
        else { return false }
        return first.isNamed("$changeStream", bytes)
    }

    private static func text(_ element: BSONElement, _ bytes: RawSpan) -> Range<Int> {
        guard element.kind == .string, element.end <= bytes.byteCount, element.end > element.valueStart + 5
        else { return 0..<0 }
        return element.valueStart + 4..<element.end - 1
    }

    /// Whether a command sets the connection up, or asks whether it is alive.
    private static func isSession(_ name: RawSpan) -> Bool {
        switch name.byteCount {
        case 4: name.equals("ping")
        case 5: name.equals("hello")
        case 6: name.equals("logout")
        case 8: name.equalsLowercased("ismaster") || name.equals("getnonce")
        case 9: name.equalsLowercased("buildinfo") || name.equals("saslStart") || name.equals("whatsmyuri")
        case 10: name.equals("whatsmyuri")
        case 11: name.equals("endSessions")
        case 12: name.equals("saslContinue") || name.equals("authenticate") || name.equals("startSession")
        case 15: name.equals("refreshSessions")
        case 16: name.equals("connectionStatus")
        default: false
        }
    }
}
