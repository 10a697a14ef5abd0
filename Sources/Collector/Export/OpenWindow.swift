// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A window that has not been reported, or late traffic of one that has.
final class OpenWindow {
    let window: Window
    var coverage = Coverage()
    /// Points with an accumulator for this window, with their serials.
    var touched: [TouchedPoint] = []
    private var edges = EdgeTable()
    private var names: Set<NameObservation> = []
    private var localities: [IPAddress: Locality] = [:]
    /// Addresses that are local if a MAC address is the node's own.
    private var suspects: [Suspect: IPAddress] = [:]

    struct TouchedPoint: BitwiseCopyable {
        let point: Int
        let serial: UInt32
    }

    struct Suspect: Hashable {
        let address: IPAddress
        let mac: UInt64
        let interface: UInt16
        let locality: Locality
    }

    init(_ window: Window) {
        self.window = window
    }

    /// Causes told apart; a file can name any number of link types.
    private static let maximumCauses = 64
    private static let otherCauses = "other"

    /// Counts a frame that could not be decoded.
    func addUndecodable(_ cause: String) {
        let isKnown = coverage.undecodable[cause] != nil || coverage.undecodable.count < Self.maximumCauses
        coverage.undecodable[isKnown ? cause : Self.otherCauses, default: 0] += 1
    }

    func add(_ loss: LossCause, _ count: UInt64 = 1) {
        guard count > 0 else { return }
        coverage.losses[loss, default: 0] = (coverage.losses[loss] ?? 0).addingSaturated(count)
    }

    /// Changes the row of an edge, or of the fold that stands for it where there are too many.
    ///
    /// - Parameters:
    ///   - key: The edge.
    ///   - isOneWay: Whether what is added was not answered.
    ///   - limits: On rows kept apart.
    ///   - change: What is added.
    /// - Returns: Whether it went into a fold.
    func withRow(
        _ key: EdgeKey,
        isOneWay: Bool,
        limits: EdgeTable.Limits,
        _ change: (inout EdgeRow) -> Void
    ) -> Bool {
        edges.withRow(key, isOneWay: isOneWay, limits: limits, change)
    }

    /// Notes a name; beyond the limit it is counted only.
    func note(_ name: NameObservation, limit: Int) {
        if names.count >= limit, !names.contains(name) {
            add(.droppedNames)
        } else {
            names.insert(name)
        }
    }

    /// Notes what a first sighting says about its sender.
    func note(
        _ evidence: LocalityObserver.Evidence,
        of address: IPAddress,
        interface: UInt16,
        limit: Int
    ) {
        guard !address.isUnspecified, !address.isMulticast else { return }
        switch evidence {
        case .none:
            return
        case .certain(let locality):
            if let known = localities[address] {
                localities[address] = max(known, locality)
            } else if localities.count < limit {
                localities[address] = locality
            } else {
                add(.foldedEndpoints)
            }
        case .ifOwn(let mac, let locality):
            let suspect = Suspect(address: address, mac: mac, interface: interface, locality: locality)
            if suspects.count < limit || suspects[suspect] != nil {
                suspects[suspect] = address
            } else {
                add(.foldedEndpoints)
            }
        }
    }

    /// The report of everything that was noted; its rows are the report's then.
    func report(
        cluster: String,
        reporter: Reporter,
        sequence: UInt64,
        observed: Window,
        observer: borrowing LocalityObserver
    ) -> WindowReport {
        for suspect in suspects.keys where observer.isOwn(suspect.mac, interface: suspect.interface) {
            let known = localities[suspect.address] ?? suspect.locality
            localities[suspect.address] = max(known, suspect.locality)
        }
        let local = localities.map { address, locality in
            LocalAddress(
                endpoint: Endpoint(address, cluster: cluster, reporter: reporter),
                locality: locality
            )
        }
        return WindowReport(
            cluster: cluster,
            reporter: reporter,
            window: window,
            sequence: sequence,
            observed: observed,
            edges: edges.takeSorted(),
            names: names.sorted(by: Self.precedes),
            localAddresses: local.sorted { $0.endpoint < $1.endpoint },
            coverage: coverage
        )
    }

    private static func precedes(_ left: NameObservation, _ right: NameObservation) -> Bool {
        if left.endpoint != right.endpoint { return left.endpoint < right.endpoint }
        if left.name != right.name { return left.name < right.name }
        return left.source.rawValue < right.source.rawValue
    }
}

extension Endpoint {
    /// An address in the scope where it is unique: the cluster, or the reporter for loopback and
    /// link-local addresses.
    init(_ address: IPAddress, cluster: String, reporter: Reporter) {
        let isOnlyHere = address.isLoopback || address.isLinkLocal
        self.init(scope: isOnlyHere ? reporter.id : cluster, address: address)
    }
}
