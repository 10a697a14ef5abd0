// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A command line of the text protocol, the meta commands included (memcached, `protocol.txt`).
struct MemcachedCommand: BitwiseCopyable {
    /// How sure its name makes of the protocol.
    enum Mark: BitwiseCopyable {
        /// Numbers stand where they must.
        case certain
        /// A word and keys, which other protocols have too.
        case likely
        /// A lone word.
        case vague
    }

    let name: StaticString
    let mark: Mark
    /// Bytes of the value behind the line, without its line end.
    let valueLength: Int?
    /// Nothing, or nothing but errors, will be answered.
    let isQuiet: Bool
    /// It only keeps or tells about the connection.
    let isSession: Bool

    /// Reads a line without its end.
    init?(_ line: RawSpan) {
        var offset = 0
        let word = Self.word(line, at: &offset)
        let first = Self.word(line, at: &offset)
        switch true {
        case word.equals("get"), word.equals("gets"):
            guard Self.isKey(first) else { return nil }
            self.init(word.equals("get") ? "get" : "gets", .likely)
        case word.equals("set"): self.init(storage: "set", first, line, &offset, isUnique: false)
        case word.equals("add"): self.init(storage: "add", first, line, &offset, isUnique: false)
        case word.equals("replace"): self.init(storage: "replace", first, line, &offset, isUnique: false)
        case word.equals("append"): self.init(storage: "append", first, line, &offset, isUnique: false)
        case word.equals("prepend"): self.init(storage: "prepend", first, line, &offset, isUnique: false)
        case word.equals("cas"): self.init(storage: "cas", first, line, &offset, isUnique: true)
        case word.equals("gat"), word.equals("gats"):
            guard Self.number(first) != nil, Self.isKey(Self.word(line, at: &offset)) else { return nil }
            self.init(word.equals("gat") ? "gat" : "gats", .certain)
        case word.equals("delete"):
            guard Self.isKey(first) else { return nil }
            self.init("delete", .likely, isQuiet: line.hasSuffix(" noreply"))
        case word.equals("incr"), word.equals("decr"), word.equals("touch"):
            guard Self.isKey(first), Self.number(Self.word(line, at: &offset)) != nil else { return nil }
            let name: StaticString = word.equals("incr") ? "incr" : word.equals("decr") ? "decr" : "touch"
            self.init(name, .certain, isQuiet: line.hasSuffix(" noreply"))
        case word.equals("ms"):
            guard Self.isKey(first), let length = Self.number(Self.word(line, at: &offset)),
                length <= MemcachedLimits.value
            else { return nil }
            self.init("ms", .certain, value: length, isQuiet: Self.hasQuietFlag(line, from: offset))
        case word.equals("mg"), word.equals("md"), word.equals("ma"), word.equals("me"):
            guard Self.isKey(first) else { return nil }
            let name: StaticString =
                word.equals("mg") ? "mg" : word.equals("md") ? "md" : word.equals("ma") ? "ma" : "me"
            self.init(name, .likely, isQuiet: Self.hasQuietFlag(line, from: offset))
        case word.equals("mn"): self.init("mn", .vague, isSession: true)
        case word.equals("version"): self.init("version", .vague, isSession: true)
        case word.equals("verbosity"): self.init("verbosity", .vague, isSession: true)
        case word.equals("stats"): self.init("stats", .vague)
        case word.equals("flush_all"): self.init("flush_all", .vague, isQuiet: line.hasSuffix(" noreply"))
        default: return nil
        }
    }

    private init(
        _ name: StaticString,
        _ mark: Mark,
        value: Int? = nil,
        isQuiet: Bool = false,
        isSession: Bool = false
    ) {
        self.name = name
        self.mark = mark
        valueLength = value
        self.isQuiet = isQuiet
        self.isSession = isSession
    }

    /// `set key flags exptime bytes [noreply]`, and for cas a number more.
    private init?(
        storage name: StaticString,
        _ key: RawSpan,
        _ line: RawSpan,
        _ offset: inout Int,
        isUnique: Bool
    ) {
        guard Self.isKey(key), Self.number(Self.word(line, at: &offset)) != nil else { return nil }
        // The time of expiry may be negative.
        let expiry = Self.word(line, at: &offset)
        guard !expiry.isEmpty, let length = Self.number(Self.word(line, at: &offset)),
            length <= MemcachedLimits.value
        else { return nil }
        if isUnique { guard Self.number(Self.word(line, at: &offset)) != nil else { return nil } }
        self.init(name, .certain, value: length, isQuiet: line.hasSuffix(" noreply"))
    }

    /// The next word; empty at the end.
    @_lifetime(copy line)
    static func word(_ line: RawSpan, at offset: inout Int) -> RawSpan {
        while offset < line.byteCount, line.octet(at: offset) == 0x20 { offset += 1 }
        let start = offset
        while offset < line.byteCount, line.octet(at: offset) > 0x20 { offset += 1 }
        return line.clamped(start, offset)
    }

    static func number(_ word: RawSpan) -> Int? { word.decimal(digits: 18) }

    private static func isKey(_ word: RawSpan) -> Bool { (1...MemcachedLimits.key).contains(word.byteCount) }

    /// A meta command with the flag `q`.
    private static func hasQuietFlag(_ line: RawSpan, from start: Int) -> Bool {
        var offset = start
        while offset < line.byteCount {
            let flag = word(line, at: &offset)
            // A control character is in no word and ends the search, which would not get past it.
            guard !flag.isEmpty else { return false }
            if flag.byteCount == 1, flag.octet(at: 0) == 0x71 { return true }
        }
        return false
    }
}
