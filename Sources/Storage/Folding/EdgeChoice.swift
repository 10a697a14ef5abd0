// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Stored edges by id, of which alone something is read.
struct EdgeChoice: Sendable {
    private let ids: Set<UInt64>
    /// By shard, sorted.
    private let shards: [UInt64: [UInt64]]

    init(_ ids: Set<UInt64>) {
        self.ids = ids
        shards = Dictionary(grouping: ids, by: BlockFormat.shard).mapValues { $0.sorted() }
    }

    func contains(_ id: UInt64) -> Bool { ids.contains(id) }

    /// Those of a shard, sorted.
    func ids(inShard shard: UInt64) -> [UInt64] { shards[shard] ?? [] }
}
