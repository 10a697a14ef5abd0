// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A fact that several dumps or watch events may state of one object, in any order.
protocol MergeableFact: Hashable {
    /// Equal for statements about the same object of one cluster.
    var mergeKey: String { get }
    /// Unequal for unequal facts, to order statements without a receive time.
    var canonicalText: String { get }
    /// Takes over what a later statement says.
    mutating func absorb(later: Self)
}

/// One object of one cluster, after all statements about it were put together.
struct MergedFact<Fact: MergeableFact> {
    let cluster: String
    let fact: Fact
}

/// Puts the statements about each object together: the same result in any order, and however
/// often a statement is repeated.
struct FactMerger<Fact: MergeableFact> {
    private struct Key: Hashable {
        let cluster: String
        let object: String
    }

    private struct Statement: Hashable {
        let observedAt: Timestamp?
        let fact: Fact
    }

    private var statements: [Key: Set<Statement>] = [:]

    mutating func add(_ fact: Fact, cluster: String, observedAt: Timestamp?) {
        let key = Key(cluster: cluster, object: fact.mergeKey)
        statements[key, default: []].insert(Statement(observedAt: observedAt, fact: fact))
    }

    /// The objects, sorted by cluster and key.
    func merged() -> [MergedFact<Fact>] {
        statements
            .sorted { left, right in
                if left.key.cluster != right.key.cluster { return left.key.cluster < right.key.cluster }
                return left.key.object < right.key.object
            }
            .compactMap { key, statements in
                Self.merge(statements).map { MergedFact(cluster: key.cluster, fact: $0) }
            }
    }

    private static func merge(_ statements: Set<Statement>) -> Fact? {
        if statements.count == 1 { return statements.first?.fact }
        let beginning = Timestamp(nanoseconds: .min)
        let ordered = statements.map { (statement: $0, text: $0.fact.canonicalText) }
            .sorted { left, right in
                let (mine, theirs) = (
                    left.statement.observedAt ?? beginning, right.statement.observedAt ?? beginning
                )
                return mine != theirs ? mine < theirs : left.text < right.text
            }
        guard var result = ordered.first?.statement.fact else { return nil }
        for (statement, _) in ordered.dropFirst() { result.absorb(later: statement.fact) }
        return result
    }
}
