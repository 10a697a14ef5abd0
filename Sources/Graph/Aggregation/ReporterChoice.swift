// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Which reporters of one window may speak for which clients.
///
/// A call between two nodes is seen on both. The reporter that is nearest to the client counts
/// it; a row from one that is farther is left out of all sums.
package struct ReporterChoice {
    private struct Sighting: Hashable {
        let endpoint: Endpoint
        let reporter: String
    }

    private var localities: [Sighting: Locality] = [:]
    private var strongest: [Endpoint: Locality] = [:]

    package init() {}

    /// Takes into account which addresses were local to a reporter.
    package mutating func note(_ addresses: [LocalAddress], reporter: String) {
        for address in addresses {
            let sighting = Sighting(endpoint: address.endpoint, reporter: reporter)
            localities[sighting] = max(localities[sighting] ?? address.locality, address.locality)
            strongest[address.endpoint] = max(
                strongest[address.endpoint] ?? address.locality,
                address.locality
            )
        }
    }

    /// Whether no reporter of the window was nearer to the client than this one.
    package func counts(client: Endpoint, reporter: String) -> Bool {
        guard let strongest = strongest[client] else { return true }
        guard let own = localities[Sighting(endpoint: client, reporter: reporter)] else { return false }
        return own >= strongest
    }
}
