// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Synchronization

/// The pods of a store, kept as they lie in it until somebody asks for them.
///
/// A store holds every pod there ever was. A graph asks for those at the ends of its edges.
final class StoredPods: PodSource {
    let outlines: [PodOutline]
    private let facts: [[UInt8]]
    private let known: Mutex<Known>

    /// Those that were asked for.
    private struct Known {
        /// By outline, the position in `pods`; -1 where nobody asked.
        var positions: [Int32]
        var pods: [ArrangedPod] = []
    }

    private init(_ outlines: [PodOutline], _ facts: [[UInt8]]) {
        self.outlines = outlines
        self.facts = facts
        known = Mutex(Known(positions: [Int32](repeating: -1, count: outlines.count)))
    }

    func pod(at position: Int, arrange: (PodFact) -> ArrangedPod) -> ArrangedPod {
        let before = known.withLock { known in
            let place = Int(known.positions[position])
            return place >= 0 ? known.pods[place] : nil
        }
        if let before { return before }
        let pod = arrange(fact(at: position))
        known.withLock { known in
            guard known.positions[position] < 0 else { return }
            known.positions[position] = Int32(truncatingIfNeeded: known.pods.count)
            known.pods.append(pod)
        }
        return pod
    }

    private func fact(at position: Int) -> PodFact {
        // What an outline could be read of can be read as a whole, unless somebody else wrote it.
        guard let fact = try? StoredFact.fact(kind: "pod", json: facts[position]), case .pod(let pod) = fact
        else { return PodFact(namespace: "", name: outlines[position].uid, uid: outlines[position].uid) }
        return pod
    }

    /// Pods while they are gathered.
    struct Draft {
        private struct Key: Hashable {
            let cluster: String
            let uid: String

            /// Nearly all are of one cluster.
            func hash(into hasher: inout Hasher) { hasher.combine(uid) }
        }

        private var outlines: [PodOutline] = []
        private var facts: [[UInt8]] = []
        private var times: [Timestamp?] = []
        /// By uid, the outline; -1 where all must be read.
        private var positions: [Key: Int] = [:]
        /// Outlines of pods that were told of again.
        private var repeated: Set<Int> = []

        /// Adds what was told of a pod.
        ///
        /// - Returns: `false` where all of it must be read.
        mutating func add(_ json: [UInt8], cluster: String, observedAt: Timestamp?) -> Bool {
            // Whatever is unusual is read by a general decoder.
            guard let outline = try? FactScanner.outline(json: json, cluster: cluster) else { return false }
            let key = Key(cluster: cluster, uid: outline.uid)
            guard note(key, at: outlines.count) else { return false }
            outlines.append(outline)
            facts.append(json)
            times.append(observedAt)
            return true
        }

        /// Notes a pod of which all was read.
        mutating func note(_ pod: PodFact, cluster: String) {
            _ = note(Key(cluster: cluster, uid: pod.uid), at: -1)
        }

        /// - Returns: Whether nobody told of it before.
        private mutating func note(_ key: Key, at position: Int) -> Bool {
            guard let known = positions[key] else {
                positions[key] = position
                return true
            }
            if known >= 0 { repeated.insert(known) }
            positions[key] = -1
            return false
        }

        /// Ends gathering.
        ///
        /// - Returns: The pods, and what was told of those that were told of again.
        func finish() throws -> (StoredPods, [InventoryObservation]) {
            guard !repeated.isEmpty else { return (StoredPods(outlines, facts), []) }
            let others = outlines.indices.filter { !repeated.contains($0) }
            let observations = try repeated.sorted().map { position in
                InventoryObservation(
                    cluster: outlines[position].cluster,
                    observedAt: times[position],
                    fact: try StoredFact.fact(kind: "pod", json: facts[position])
                )
            }
            return (StoredPods(others.map { outlines[$0] }, others.map { facts[$0] }), observations)
        }
    }
}
