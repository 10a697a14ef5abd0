// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Arrangements that were found, so that a map whose figures change is not laid out again, and
/// later pictures can keep the places of earlier ones.
actor ArrangementCache {
    /// Arrangements kept, and the nodes and lines of all of them together.
    static let maximumArrangements = 32
    static let maximumWeight = 100_000

    /// Least recently used first.
    private var known: [(key: String, arrangement: Arrangement)] = []
    private var weight = 0

    /// The arrangement of a picture that had the same nodes, edges and sizes.
    func arrangement(key: String) -> Arrangement? { use { $0.key == key } }

    /// The arrangement with an id that a picture carried; `nil` once it is forgotten.
    func arrangement(id: String) -> Arrangement? { use { $0.arrangement.id == id } }

    func remember(_ arrangement: Arrangement, key: String) {
        known.removeAll { $0.key == key }
        known.append((key, arrangement))
        weight = known.reduce(0) { $0 + $1.arrangement.weight }
        while known.count > Self.maximumArrangements || (weight > Self.maximumWeight && known.count > 1) {
            weight -= known.removeFirst().arrangement.weight
        }
    }

    private func use(_ isWanted: ((key: String, arrangement: Arrangement)) -> Bool) -> Arrangement? {
        guard let index = known.lastIndex(where: isWanted) else { return nil }
        let entry = known.remove(at: index)
        known.append(entry)
        return entry.arrangement
    }
}
