// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
package import Graph

/// Reads what `kubectl get -o json` prints into inventory observations.
///
/// A List, a typed list such as PodList, a single object, the events of a watch, or several of
/// them one after the other. One object that cannot be read never costs the others.
package struct ObjectDump {
    /// More kinds than this are counted under `otherKinds`.
    package static let maximumIgnoredKinds = 64
    /// The key of `ignored` for kinds beyond the cap.
    package static let otherKinds = "{other}"

    /// What was understood.
    package private(set) var observations: [InventoryObservation] = []
    /// Objects of kinds that say nothing about the map, by kind.
    package private(set) var ignored: [String: Int] = [:]
    /// Objects and lines that were malformed and left out.
    package private(set) var rejected = 0
    /// Whether the dump ends inside a document, as an interrupted watch does.
    package private(set) var isTruncated = false

    private let cluster: String

    /// Reads a whole dump.
    ///
    /// - Parameters:
    ///   - bytes: A List, a typed list, a single object, or several of them one after the other.
    ///   - cluster: The cluster the objects are from.
    /// - Throws: `ObjectDumpError` with one line that says what is wrong and where.
    package init(_ bytes: [UInt8], cluster: String) throws {
        self.cluster = cluster
        var documents = JSONDocuments(bytes)
        var count = 0
        var shape: String?
        scan: while let item = documents.next() {
            switch item {
            case .document(let document):
                shape = try read(document, of: bytes, isFirst: count == 0) ?? shape
            case .truncated(let position):
                guard count > 0 else { throw ObjectDumpError.truncated(at: position) }
                isTruncated = true
                break scan
            case .foreign(let position):
                guard count > 0 else { throw ObjectDumpError.notJSON(bytes, at: position) }
                rejected += 1
                documents.skipLine()
            }
            count += 1
        }
        guard count > 0 else { throw ObjectDumpError.empty }
        if observations.isEmpty, ignored.isEmpty, let shape { throw ObjectDumpError.wrongShape(shape) }
    }

    /// Reads one document.
    ///
    /// - Parameters:
    ///   - document: Where it is.
    ///   - bytes: The whole dump.
    ///   - isFirst: Whether it is the first, whose damage ends the reading.
    /// - Returns: What it is, if it is no Kubernetes object at all.
    /// - Throws: `ObjectDumpError` if the first document is not valid JSON.
    private mutating func read(
        _ document: JSONDocuments.Document,
        of bytes: [UInt8],
        isFirst: Bool
    ) throws -> String? {
        let decoded: DumpDocument
        do {
            decoded = try JSONDecoder().decode(DumpDocument.self, from: Data(bytes[document.range]))
        } catch DecodingError.dataCorrupted where isFirst {
            throw ObjectDumpError.malformed(at: document.position)
        } catch {
            rejected += 1
            return nil
        }
        for object in decoded.objects {
            switch object {
            case .facts(let facts, let wasDeleted):
                for fact in facts { add(fact, at: document.receivedAt, wasDeleted: wasDeleted) }
            case .ignored(let kind): ignore(kind)
            case .rejected: rejected += 1
            }
        }
        return decoded.foreignShape
    }

    private mutating func add(_ fact: InventoryFact, at instant: Timestamp?, wasDeleted: Bool) {
        observations.append(
            InventoryObservation(
                cluster: cluster,
                observedAt: instant,
                fact: wasDeleted ? fact.ended(noLaterThan: instant) : fact
            )
        )
    }

    private mutating func ignore(_ kind: String) {
        let key = ignored[kind] != nil || ignored.count < Self.maximumIgnoredKinds ? kind : Self.otherKinds
        ignored[key, default: 0] += 1
    }
}

extension InventoryFact {
    /// The fact of a deleted object: where it names no end, it ended when that was received.
    fileprivate func ended(noLaterThan instant: Timestamp?) -> InventoryFact {
        switch self {
        case .pod(var fact):
            fact.endedAt = fact.endedAt ?? instant
            return .pod(fact)
        case .workload(var fact):
            fact.endedAt = fact.endedAt ?? instant
            return .workload(fact)
        case .service(var fact):
            fact.endedAt = fact.endedAt ?? instant
            return .service(fact)
        case .endpoints(var fact):
            fact.endedAt = fact.endedAt ?? instant
            return .endpoints(fact)
        case .node(var fact):
            fact.endedAt = fact.endedAt ?? instant
            return .node(fact)
        }
    }
}
