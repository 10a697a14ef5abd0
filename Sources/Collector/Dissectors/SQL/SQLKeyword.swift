// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Words of SQL that a normalized statement needs to know; others are names.
enum SQLKeyword: String, CaseIterable {
    // Statements.
    case select, insert, update, delete, replace, merge, with, values, table, copy, call, explain
    case create, alter, drop, truncate, lock, unlock, analyze, vacuum, reindex, optimize, refresh, rename
    case begin, start, commit, end, rollback, abort, savepoint, release
    case set, show, use, reset, discard, deallocate, unlisten, listen, notify, close
    case prepare, execute, declare, fetch, move, describe, desc, `do`, grant, revoke, comment
    case checkpoint, cluster, kill, flush, load, handler, xa, purge, change, analyse, check
    // Clauses.
    case from, join
    case straightJoin = "straight_join"
    case `where`, group, order, having, limit, offset, `for`
    case union, intersect, except, returning, window, on, using, into, only, lateral, procedure
    case to, transaction
    // Operators.
    case and, or, not, `in`, `is`, null, like, ilike, between, exists, any, all, some, `as`
    case `case`, when, then, `else`, `true`, `false`, asc, escape, interval, distinct, by
    // Modifiers.
    case ignore
    case lowPriority = "low_priority"
    case highPriority = "high_priority"
    case delayed, overwrite, recursive
    case temp, temporary, unlogged, global, local, unique, concurrently, `if`, full, verbose, materialized
    // Objects.
    case view, index, database, schema, sequence, function, trigger, type, user, role, `extension`, tables
    case columns, fields, databases, schemas, indexes, keys, data, processlist

    /// The keyword of a word in any case.
    init?(_ word: RawSpan) {
        guard let key = Self.key(word), let keyword = Self.words[key] else { return nil }
        self = keyword
    }

    private static let words: [UInt128: SQLKeyword] = {
        var table: [UInt128: SQLKeyword] = [:]
        for keyword in allCases {
            let name = Array(keyword.rawValue.utf8)
            if let key = key(name.octetSpan) { table[key] = keyword }
        }
        return table
    }()

    /// Up to 16 letters in lower case, as one number.
    private static func key(_ word: RawSpan) -> UInt128? {
        guard (2...16).contains(word.byteCount) else { return nil }
        var key: UInt128 = 0
        for offset in 0..<word.byteCount {
            let byte = word.octet(at: offset)
            let letter = byte == 0x5F ? byte : byte | 0x20
            guard letter == 0x5F || letter &- 0x61 < 26 else { return nil }
            key = key << 8 | UInt128(letter)
        }
        return key
    }

    /// Whether a list of tables or a condition ends with it.
    var endsClause: Bool {
        switch self {
        case .where, .group, .order, .having, .limit, .offset, .for, .union, .intersect, .except, .returning,
            .window, .set, .values, .into, .fetch, .lock, .procedure:
            true
        default: false
        }
    }

    /// What is made and dropped beside tables; its names tell little.
    var isObject: Bool {
        switch self {
        case .index, .database, .schema, .sequence, .function, .procedure, .trigger, .type, .user, .role,
            .extension:
            true
        default: false
        }
    }

    var joinsSelects: Bool { self == .union || self == .intersect || self == .except }

    /// Whether it is a name where one is expected: not reserved, and the like of which tables have.
    var mayBeName: Bool {
        switch self {
        case .copy, .call, .start, .refresh, .rename, .begin, .abort, .savepoint, .release, .show, .reset,
            .discard,
            .listen, .notify, .close, .prepare, .execute, .declare, .move, .comment, .checkpoint, .cluster,
            .flush, .data, .change, .transaction, .procedure, .view, .index, .database, .schema, .sequence,
            .function, .trigger, .type, .user, .role, .extension, .tables, .columns, .fields, .databases,
            .schemas, .indexes, .keys, .processlist, .handler, .commit, .load:
            true
        default: false
        }
    }
}
