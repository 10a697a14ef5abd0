// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The one name that traffic gave to each address, chosen alike in any order of observations.
///
/// Names are hostile and kept as they came, so that renderers must and do escape them.
struct NameTable {
    /// Longer names than this are no host names (RFC 1035 section 2.3.4).
    static let maximumNameLength = 253

    private(set) var names: [Endpoint: NameObservation] = [:]
    /// Names that could not stand for a node: too long, an address, or unfit for an id.
    let refused: Int

    init(_ observations: [NameObservation]) {
        var unfit: Set<NameObservation> = []
        // Not a set of all: names that are equal to Swift may differ in bytes.
        for observation in observations {
            guard Self.isName(observation.name) else {
                unfit.insert(observation)
                continue
            }
            guard let current = names[observation.endpoint] else {
                names[observation.endpoint] = observation
                continue
            }
            if Self.isBetter(observation, than: current) { names[observation.endpoint] = observation }
        }
        refused = unfit.count
    }

    /// Whether a name is to be preferred: the best source, then the shortest, then the least in bytes.
    ///
    /// A name below `cluster.local` is a step of a search list or of the cluster's own, and comes last.
    private static func isBetter(_ left: NameObservation, than right: NameObservation) -> Bool {
        let (mine, theirs) = (isClusterInternal(left.name), isClusterInternal(right.name))
        if mine != theirs { return theirs }
        if left.source != right.source { return left.source.rawValue < right.source.rawValue }
        let (mineLength, theirsLength) = (left.name.utf8.count, right.name.utf8.count)
        if mineLength != theirsLength { return mineLength < theirsLength }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    private static func isClusterInternal(_ name: String) -> Bool {
        name == "cluster.local" || name.hasSuffix(".cluster.local")
    }

    /// An address says nothing new (`Host: 10.0.0.1:8080`); `->` and control characters would
    /// make the ids of two edges equal or break a line.
    private static func isName(_ name: String) -> Bool {
        guard (1...maximumNameLength).contains(name.utf8.count),
            !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return false }
        var previous: UInt8 = 0
        for byte in name.utf8 {
            if previous == UInt8(ascii: "-"), byte == UInt8(ascii: ">") { return false }
            previous = byte
        }
        let host = name.split(separator: ":", omittingEmptySubsequences: false)
        return IPAddress(name) == nil && !(host.count == 2 && IPAddress(String(host[0])) != nil)
    }
}
