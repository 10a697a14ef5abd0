// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What statements of SQL do, without literals: `SELECT product WHERE id = ?`.
///
/// Kept are the kind, the tables and the condition, which tell one use of a table from another.
/// Columns, values, order and limits are not.
struct SQLStatement {
    let dialect: SQLDialect
    var text = SQLText()
    var tokenizer: SQLTokenizer
    var token = SQLToken()
    /// Open parentheses; both ends of a pair have the number of those around it.
    var depth = 0
    var isSession = true

    init(_ dialect: SQLDialect) {
        self.dialect = dialect
        tokenizer = SQLTokenizer(dialect)
    }

    /// Reads statements into `text`.
    ///
    /// - Returns: Whether they are all of the kind that only sets the connection up.
    mutating func read(_ bytes: RawSpan) -> Bool {
        text.removeAll()
        tokenizer = SQLTokenizer(dialect)
        token = tokenizer.next(bytes)
        isSession = true
        var before = 0..<0
        while true {
            while token.isSymbol(0x3B) { advance(bytes) }
            guard token.kind != .end, !text.isFull else { break }
            let end = text.count
            if end > 0 { text.nextStatement() }
            let start = text.count
            depth = 0
            statement(bytes)
            while token.kind != .end, !token.isSymbol(0x3B) { advance(bytes) }
            if text.bytes[before] == text.bytes[start...] {
                text.cut(to: end)
            } else {
                before = start..<text.count
            }
        }
        // What is empty is a sign of life.
        if text.count == 0 { text.constant("{empty}") }
        text.finish()
        return isSession
    }

    // MARK: - Tokens

    mutating func advance(_ bytes: RawSpan) {
        if token.isSymbol(0x28) { depth += 1 }
        token = tokenizer.next(bytes)
        if token.isSymbol(0x29) { depth -= 1 }
    }

    var isOver: Bool { token.kind == .end || token.isSymbol(0x3B) || text.isFull }

    /// The keyword at hand, if it stands outside of further parentheses.
    func keyword(at base: Int) -> SQLKeyword? { depth == base ? token.keyword : nil }

    mutating func keep(_ bytes: RawSpan) {
        text.keyword(bytes.clamped(token.start, token.end))
        advance(bytes)
    }

    mutating func skip(_ bytes: RawSpan, _ condition: (SQLKeyword) -> Bool) {
        while let keyword = token.keyword, condition(keyword), !isOver { advance(bytes) }
    }

    mutating func skipOpen(_ bytes: RawSpan) { while token.isSymbol(0x28) { advance(bytes) } }

    /// Passes over a pair of parentheses if there is one.
    mutating func skipGroup(_ bytes: RawSpan) {
        guard token.isSymbol(0x28) else { return }
        let base = depth
        repeat { advance(bytes) } while !isOver && !(token.isSymbol(0x29) && depth <= base)
        if token.isSymbol(0x29) { advance(bytes) }
    }

    // MARK: - Statements

    private mutating func statement(_ bytes: RawSpan) {
        skipOpen(bytes)
        guard let kind = token.keyword else {
            isSession = false
            return text.constant("{statement}")
        }
        switch kind {
        case .set, .reset, .discard, .deallocate, .unlisten, .use, .close: return keep(bytes)
        case .show: return show(bytes)
        case .select:
            if !selects(bytes) { isSession = false }
            return
        default: isSession = false
        }
        switch kind {
        case .with: with(bytes)
        case .insert, .replace, .merge: insert(bytes)
        case .update: update(bytes)
        case .delete: delete(bytes)
        case .explain: explain(bytes)
        case .copy: copy(bytes)
        case .load: load(bytes)
        case .create, .alter, .drop, .reindex, .refresh, .rename: define(bytes, hasObject: true)
        case .truncate, .lock, .analyze, .vacuum, .optimize, .describe, .desc, .call, .table, .check:
            define(bytes, hasObject: false)
        case .start, .rollback:
            keep(bytes)
            if token.keyword == .transaction || token.keyword == .to { keep(bytes) }
        case .begin, .commit, .end, .abort, .savepoint, .release, .listen, .notify, .prepare, .execute,
            .declare, .fetch, .move, .do, .grant, .revoke, .comment, .checkpoint, .cluster, .kill, .flush,
            .handler, .xa, .purge, .change, .values, .unlock, .analyse:
            keep(bytes)
        default: text.constant("{statement}")
        }
    }

    /// What is asked of the connection is set-up, what is asked of the data is not.
    private mutating func show(_ bytes: RawSpan) {
        keep(bytes)
        if token.keyword == .full { advance(bytes) }
        switch token.keyword {
        case .tables, .columns, .fields, .create, .index, .indexes, .keys, .databases, .schemas, .table,
            .processlist:
            isSession = false
            keep(bytes)
        default: break
        }
    }

    private mutating func explain(_ bytes: RawSpan) {
        keep(bytes)
        skipGroup(bytes)
        skip(bytes) { $0 == .analyze || $0 == .verbose }
        if token.keyword != nil { statement(bytes) }
        isSession = false
    }

    /// Common table expressions are passed over; what is done with them counts.
    private mutating func with(_ bytes: RawSpan) {
        let base = depth
        advance(bytes)
        while !isOver {
            switch keyword(at: base) {
            case .select, .insert, .update, .delete, .merge, .values, .replace: return statement(bytes)
            default: advance(bytes)
            }
        }
        text.constant("WITH")
    }

    private mutating func insert(_ bytes: RawSpan) {
        keep(bytes)
        skip(bytes) {
            switch $0 {
            case .into, .ignore, .lowPriority, .highPriority, .delayed, .overwrite, .table, .only: true
            default: false
            }
        }
        _ = tableName(bytes, isFirst: true)
        while !isOver {
            switch token.keyword {
            case .select:
                _ = selects(bytes)
                return
            case .values, .set, .using, .on: return
            default: advance(bytes)
            }
        }
    }

    private mutating func update(_ bytes: RawSpan) {
        let base = depth
        keep(bytes)
        skip(bytes) { $0 == .only || $0 == .ignore || $0 == .lowPriority }
        var known = tables(bytes, base, known: 0)
        while !isOver, depth >= base {
            switch keyword(at: base) {
            case .from:
                advance(bytes)
                known = tables(bytes, base, known: known)
            case .where: return condition(bytes, base)
            default: advance(bytes)
            }
        }
    }

    private mutating func delete(_ bytes: RawSpan) {
        let base = depth
        keep(bytes)
        while !isOver, token.keyword != .from { advance(bytes) }
        advance(bytes)
        _ = tables(bytes, base, known: 0)
        if keyword(at: base) == .where { condition(bytes, base) }
    }

    private mutating func copy(_ bytes: RawSpan) {
        let base = depth
        keep(bytes)
        if token.isSymbol(0x28) { skipGroup(bytes) } else { _ = tableName(bytes, isFirst: true) }
        while !isOver {
            let word = keyword(at: base)
            if word == .from || word == .to { return keep(bytes) }
            advance(bytes)
        }
    }

    /// `LOAD DATA LOCAL INFILE '...' INTO TABLE t`.
    private mutating func load(_ bytes: RawSpan) {
        keep(bytes)
        if token.keyword == .data { keep(bytes) }
        while !isOver {
            let isTable = token.keyword == .table
            advance(bytes)
            if isTable {
                _ = tableName(bytes, isFirst: true)
                return
            }
        }
    }

    /// Statements of a verb, perhaps a kind of object, and the name of what may be a table.
    private mutating func define(_ bytes: RawSpan, hasObject: Bool) {
        keep(bytes)
        while !isOver {
            switch token.keyword {
            case .table, .tables: keep(bytes)
            case .view where hasObject: keep(bytes)
            case .some(let word) where hasObject && word.isObject: return keep(bytes)
            case .some(let word) where !word.mayBeName: advance(bytes)
            default:
                guard token.isSymbol(0x28) else {
                    _ = tableName(bytes, isFirst: true)
                    return
                }
                skipGroup(bytes)
            }
        }
    }
}
