// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The ids a writer has seen, so that most reports find theirs without a query.
///
/// Ids allocated in a transaction count only once it is committed.
struct IDCache<Key: Hashable & Sendable>: Sendable {
    private var committed: [Key: UInt64] = [:]
    private var pending: [Key: UInt64] = [:]

    /// Beyond this many entries the cache starts again: it may be emptied at any time.
    static var capacity: Int { 1 << 18 }

    subscript(key: Key) -> UInt64? {
        get { pending.isEmpty ? committed[key] : pending[key] ?? committed[key] }
        set { pending[key] = newValue }
    }

    /// All that is known; a copy of it takes nothing while there is nothing pending.
    var known: [Key: UInt64] {
        pending.isEmpty ? committed : committed.merging(pending) { _, new in new }
    }

    mutating func commit() {
        guard !pending.isEmpty else { return }
        if committed.count + pending.count > Self.capacity { committed = [:] }
        committed.merge(pending) { _, new in new }
        pending = [:]
    }

    mutating func rollBack() { pending = [:] }
}
