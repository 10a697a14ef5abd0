// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A fact that several dumps or watch events may state of one object, in any order.
protocol MergeableFact: Hashable, Sendable {
    /// The API server's count of changes when it was so; `nil` where nothing tells.
    var revision: UInt64? { get }
    /// Equal for statements about the same object of one cluster.
    var mergeKey: String { get }
    /// Unequal for unequal facts, to order statements that nothing else does.
    var canonicalText: String { get }
    /// Takes over what a later statement says.
    mutating func absorb(later: Self)
}

/// One object of one cluster, after all statements about it were put in order and together.
struct MergedFact<Fact: MergeableFact> {
    let cluster: String
    let fact: Fact
    /// Every statement with the time from which it held, in order.
    let statements: [(time: Timestamp, fact: Fact)]

    /// How a part of the object changed.
    func history<Value: Equatable & Sendable>(_ part: (Fact) -> Value) -> History<Value> {
        if statements.count == 1 { return History(constant: part(fact)) }
        return History(statements.map { ($0.time, part($0.fact)) })
    }
}

/// Puts the statements about each object together: the same result in any order, and however
/// often a statement is repeated.
///
/// A statement with a receive time, an event of a watch, holds from then on. One without, from a
/// dump, holds from ever, or from right behind the last event that is of a lower revision.
struct FactMerger<Fact: MergeableFact> {
    private struct Key: Hashable {
        let cluster: String
        let object: String
    }

    private struct Statement {
        let observedAt: Timestamp?
        let fact: Fact
    }

    private var statements: [Key: [Statement]] = [:]

    mutating func add(_ fact: Fact, cluster: String, observedAt: Timestamp?) {
        let key = Key(cluster: cluster, object: fact.mergeKey)
        statements[key, default: []].append(Statement(observedAt: observedAt, fact: fact))
    }

    /// The objects, sorted by cluster and key.
    func merged() -> [MergedFact<Fact>] {
        statements
            .sorted { left, right in
                if left.key.cluster != right.key.cluster { return left.key.cluster < right.key.cluster }
                return left.key.object < right.key.object
            }
            .compactMap { key, statements in
                let ordered = Self.ordered(statements)
                guard var result = ordered.first?.fact else { return nil }
                for statement in ordered.dropFirst() { result.absorb(later: statement.fact) }
                return MergedFact(cluster: key.cluster, fact: result, statements: ordered)
            }
    }

    /// In order, each once.
    private static func ordered(_ statements: [Statement]) -> [(time: Timestamp, fact: Fact)] {
        if statements.count == 1, let only = statements.first {
            return [(only.observedAt ?? Timestamp(nanoseconds: .min), only.fact)]
        }
        let dated = statements.compactMap { statement -> Event? in
            guard let time = statement.observedAt, let revision = statement.fact.revision else { return nil }
            return Event(revision: revision, time: time)
        }
        let sorted = statements.map { ($0.observedAt ?? time(of: $0.fact, after: dated), $0.fact) }
            .sorted { isBefore($0, $1) }
        var result: [(time: Timestamp, fact: Fact)] = []
        for statement in sorted {
            guard result.last?.time != statement.0 || result.last?.fact != statement.1 else { continue }
            result.append((time: statement.0, fact: statement.1))
        }
        return result
    }

    private struct Event {
        let revision: UInt64
        let time: Timestamp
    }

    /// From when a statement without a receive time holds.
    private static func time(of fact: Fact, after events: [Event]) -> Timestamp {
        let beginning = Timestamp(nanoseconds: .min)
        guard let revision = fact.revision else { return beginning }
        let last = events.filter { $0.revision <= revision }
            .max { ($0.time, $0.revision) < ($1.time, $1.revision) }
        guard let last else { return beginning }
        return last.revision == revision ? last.time : last.time + 1
    }

    private static func isBefore(_ left: (Timestamp, Fact), _ right: (Timestamp, Fact)) -> Bool {
        if left.0 != right.0 { return left.0 < right.0 }
        let (mine, theirs) = (left.1.revision ?? 0, right.1.revision ?? 0)
        if mine != theirs { return mine < theirs }
        return left.1 != right.1 && left.1.canonicalText < right.1.canonicalText
    }
}
