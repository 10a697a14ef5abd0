// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What an address was for some time.
package struct IdentitySpan: Equatable, Sendable {
    package let identity: Identity
    /// `nil` where it was so for as long as is known.
    package let from: Timestamp?
    /// `nil` where it is so still.
    package let to: Timestamp?
}

extension IdentityResolver {
    /// Parts of a history, the latest.
    package static let maximumSpans = 64

    /// What an endpoint was over all time, as far as inventory and traffic tell: without a port, so as
    /// the owner of the address.
    ///
    /// - Parameter endpoint: The address, in the scope of its cluster.
    /// - Returns: In order of time; the times in which nobody is known to have had it are left out.
    package func history(of endpoint: Endpoint) -> [IdentitySpan] {
        let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        let cuts = Set(cuts(of: endpoint)).subtracting([first, last]).sorted()
        var spans: [IdentitySpan] = []
        for (start, end) in zip([first] + cuts, cuts + [last]) {
            let window = Window(start: start, end: end)
            let identity = identity(of: endpoint, port: 0, transport: .tcp, as: .server, in: window)
            if case .address = identity.subject { continue }
            let from = start == first ? nil : start
            let to = end == last ? nil : end
            // Labels change more often than owners.
            if let before = spans.last, before.to == from, before.identity.subject == identity.subject,
                before.identity.isInferred == identity.isInferred
            {
                spans[spans.count - 1] = IdentitySpan(identity: identity, from: before.from, to: to)
            } else {
                spans.append(IdentitySpan(identity: identity, from: from, to: to))
            }
        }
        return Array(spans.suffix(Self.maximumSpans))
    }
}
