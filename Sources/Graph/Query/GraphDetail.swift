// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What a graph can be asked for beside its figures; most of a large document is this.
package enum GraphDetail: String, CaseIterable, Sendable {
    /// The buckets of histograms.
    case buckets
    /// What was asked, for each protocol of an edge.
    case operations

    /// The word that asks for no details.
    package static let none = "none"

    /// Reads words separated by commas.
    ///
    /// - Parameter text: Names of details, or `none` alone.
    /// - Returns: The details; `nil` where a word is none of them.
    package static func set(_ text: String) -> Set<GraphDetail>? {
        if text == none { return [] }
        var details: Set<GraphDetail> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let detail = GraphDetail(rawValue: String(word)) else { return nil }
            details.insert(detail)
        }
        return details
    }

    /// What may be asked for, in words for people.
    package static let choices =
        "\(allCases.map(\.rawValue).joined(separator: ", ")) (separated by commas), or none"
}

extension Set<GraphDetail> {
    /// Everything there is.
    package static let all = Set(GraphDetail.allCases)
}
