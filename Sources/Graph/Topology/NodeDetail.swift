// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What the inventory tells of a node beyond what a map shows.
package struct NodeDetail: Equatable, Sendable {
    /// An address and whose it was.
    package struct Address: Equatable, Sendable {
        package let endpoint: Endpoint
        package let history: [IdentitySpan]
    }

    /// Pods that are listed, at most.
    package static let maximumPods = 256

    /// Labels that all it stands for have alike.
    package var labels: Labels = [:]
    /// The Services that select any of its pods, sorted.
    package var services: [ServiceIdentity] = []
    /// Its pods that were seen in traffic, sorted by namespace and name.
    package var pods: [PodIdentity] = []
    /// How many there are.
    package var podCount = 0
    /// Sorted, at most `Node.maximumAddresses`.
    package var addresses: [Address] = []

    /// Gathers what is known of the members of a node.
    ///
    /// - Parameters:
    ///   - members: What it stands for.
    ///   - resolver: Tells the history of an address.
    package init(_ members: Set<NodeMember>, resolver: IdentityResolver) {
        var pods: [String: PodIdentity] = [:]
        var selecting: Set<ServiceIdentity> = []
        var common: Labels?
        for member in members {
            let labels = member.identity.labels
            common = common.map { $0.filter { labels[$0.key] == $0.value } } ?? labels
            guard case .pod(let pod) = member.identity.subject else { continue }
            pods["\(pod.namespace)/\(pod.name)"] = pod
            selecting.formUnion(pod.services)
        }
        labels = common ?? [:]
        services = selecting.sorted()
        podCount = pods.count
        self.pods = pods.keys.sorted().prefix(Self.maximumPods).compactMap { pods[$0] }
        let endpoints = Set(members.map(\.endpoint)).sorted()
        addresses = endpoints.prefix(Node.maximumAddresses).map { endpoint in
            Address(endpoint: endpoint, history: resolver.history(of: endpoint))
        }
    }
}
