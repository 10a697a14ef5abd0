// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The ids of all strings by text, as writing blocks needs them.
struct StringTexts {
    private(set) var ids: [String: UInt64] = [:]
    /// How many strings there were when that was made.
    private var count = 0

    /// Whether two strings are equal that are stored apart.
    private(set) var hasTwins = false

    /// Takes in all strings of a snapshot, by id.
    mutating func learn(_ strings: [UInt64: String]) {
        guard strings.count != count else { return }
        count = strings.count
        // Texts that differ only in how they compose a letter are equal: the least id stands for both.
        for (id, text) in strings {
            if let other = ids[text], other != id { hasTwins = true }
            ids[text] = min(ids[text] ?? id, id)
        }
    }

    /// Gives ids to what folding operations writes.
    mutating func reserveFolding(in store: WindowStore) throws {
        let needed = Self.ofFolding
        guard needed.contains(where: { ids[$0] == nil }) else { return }
        let own = try store.write { database, dictionary in
            try needed.map { try dictionary.id(of: $0, database) }
        }
        for (text, id) in zip(needed, own) { ids[text] = id }
    }

    private static let ofFolding = [
        ProtocolMetrics.otherOperations, LossCause.foldedOperations.rawValue,
    ]
}
