// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The choice of a representation by an `Accept` header.
///
/// - SeeAlso: RFC 9110 section 12.5.1.
package enum Negotiation {
    /// More elements than this are not read.
    package static let maximumRanges = 64

    /// The format a client likes best, the first of ours among equals; `nil` where it likes none.
    ///
    /// - Parameter accept: The header's value, all lines joined by commas; absent means anything.
    /// - Returns: `nil` means 406.
    package static func format(accept: String?) -> GraphFormat? {
        guard let accept, accept.contains(where: { $0 != " " && $0 != "," }) else { return .json }
        let ranges = accept.split(separator: ",").prefix(maximumRanges).compactMap { AcceptedRange($0) }
        var best: (format: GraphFormat, weight: Int)?
        for format in GraphFormat.allCases {
            let weight = weight(of: format.mediaType, in: ranges)
            if weight > best?.weight ?? 0 { best = (format, weight) }
        }
        return best?.format
    }

    /// The weight given by the most specific range that fits.
    private static func weight(of type: MediaRange, in ranges: [AcceptedRange]) -> Int {
        var best: (specificity: Int, weight: Int)?
        for accepted in ranges where !accepted.range.hasParameters {
            guard let specificity = accepted.range.specificity(for: type) else { continue }
            if specificity > best?.specificity ?? -1 { best = (specificity, accepted.weight) }
        }
        return best?.weight ?? 0
    }
}
