// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension SQLStatement {
    /// Reads queries joined by UNION and the like.
    ///
    /// - Returns: Whether it only asks for settings of the connection.
    mutating func selects(_ bytes: RawSpan) -> Bool {
        var isSetup = true
        while !isOver {
            skipOpen(bytes)
            guard token.keyword == .select else { break }
            if !select(bytes) { isSetup = false }
            while !isOver, token.keyword?.joinsSelects != true { advance(bytes) }
            guard !isOver else { break }
            keep(bytes)
            skip(bytes) { $0 == .all || $0 == .distinct }
        }
        return isSetup
    }

    private mutating func select(_ bytes: RawSpan) -> Bool {
        let base = depth
        keep(bytes)
        let (mark, first) = (tokenizer, token)
        let isSetup = isSetting(bytes)
        while !isOver, depth >= base {
            guard let word = keyword(at: base) else {
                advance(bytes)
                continue
            }
            if word == .from {
                advance(bytes)
                _ = tables(bytes, base, known: 0)
                if keyword(at: base) == .where { condition(bytes, base) }
                return false
            }
            if word.endsClause { break }
            advance(bytes)
        }
        // Without tables, what is called tells.
        (tokenizer, token, depth) = (mark, first, base)
        expression(bytes, base)
        return isSetup
    }

    /// Whether what is selected first is a setting or the state of the connection.
    private func isSetting(_ bytes: RawSpan) -> Bool {
        if token.isSymbol(0x40) { return bytes.octet(at: token.end) == 0x40 }
        let word = bytes.clamped(token.start, token.end)
        return token.kind == .word
            && (word.equalsLowercased("version") || word.equalsLowercased("database")
                || word.equalsLowercased("current_schema") || word.equalsLowercased("current_database")
                || word.equalsLowercased("connection_id") || word.equalsLowercased("pg_backend_pid")
                || word.equalsLowercased("set_config") || word.equalsLowercased("pg_advisory_unlock_all"))
    }

    /// Writes the tables named from here to the end of the clause.
    ///
    /// - Parameters:
    ///   - bytes: The statement.
    ///   - base: How deep the clause is.
    ///   - known: Tables written before.
    /// - Returns: Tables written.
    mutating func tables(_ bytes: RawSpan, _ base: Int, known: Int) -> Int {
        var count = known
        var isExpected = true
        var listDepth = depth
        while !isOver, depth >= base {
            if let word = token.keyword, !(isExpected && word.mayBeName) {
                if depth == base, word.endsClause { return count }
                switch word {
                case .from, .join, .straightJoin: (isExpected, listDepth) = (true, depth)
                case .using where depth == base:
                    advance(bytes)
                    isExpected = !token.isSymbol(0x28)
                    continue
                case .only, .lateral, .as: break
                default: isExpected = false
                }
            } else if isExpected, token.kind == .word || token.kind == .name {
                if tableName(bytes, isFirst: count == 0) { count += 1 }
                isExpected = false
                continue
            } else if token.isSymbol(0x2C) {
                if depth == listDepth { isExpected = true }
            } else if token.isSymbol(0x29), depth < listDepth {
                listDepth = depth
            }
            advance(bytes)
        }
        return count
    }

    /// Writes a name with its qualifiers.
    mutating func tableName(_ bytes: RawSpan, isFirst: Bool) -> Bool {
        guard token.kind == .word || token.kind == .name else { return false }
        if !isFirst { text.symbol(0x2C, token, isCall: false) }
        text.name(bytes.clamped(token.start, token.end))
        advance(bytes)
        while token.isSymbol(0x2E) {
            text.symbol(0x2E, token, isCall: false)
            advance(bytes)
            guard token.kind == .word || token.kind == .name else { break }
            text.name(bytes.clamped(token.start, token.end))
            advance(bytes)
        }
        return true
    }

    mutating func condition(_ bytes: RawSpan, _ base: Int) {
        keep(bytes)
        expression(bytes, base)
    }

    /// Writes everything to the end of the clause, without literals.
    private mutating func expression(_ bytes: RawSpan, _ base: Int) {
        var isName = false
        while !isOver, depth >= base {
            if let word = keyword(at: base), word.endsClause { return }
            let isKeyword = token.keyword.map { !$0.mayBeName } ?? false
            switch token.kind {
            case .literal: text.literal()
            case .name: text.name(bytes.clamped(token.start, token.end))
            case .word where isKeyword: text.keyword(bytes.clamped(token.start, token.end))
            case .word: text.name(bytes.clamped(token.start, token.end))
            case .symbol: text.symbol(token.symbol, token, isCall: isName)
            case .end: return
            }
            isName = token.kind == .name || token.kind == .word && !isKeyword
            advance(bytes)
        }
    }
}
