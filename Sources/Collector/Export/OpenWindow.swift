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
    /// What was noted lately: connections of one client say the same of it.
    private var lately = InlineArray<64, Suspect?>(repeating: nil)

    struct TouchedPoint: BitwiseCopyable {
        let point: Int
        let serial: UInt32
    }

    struct Suspect: Hashable {
        let address: IPAddress
        let mac: UInt64
        let interface: UInt16
        let locality: Locality

        /// Spelled out, as the hashes and comparisons of other modules are calls.
        func isSame(as other: Suspect) -> Bool {
            address == other.address && mac == other.mac && interface == other.interface
                && isOwn == other.isOwn
        }

        private var isOwn: Bool { if case .own = locality { true } else { false } }

        /// One of a few places.
        var place: Int { Int(truncatingIfNeeded: (address.low ^ address.low >> 8 ^ mac) & 63) }
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
    /// - Returns: The place of the row, and whether it is a fold.
    func withRow(
        _ key: EdgeKey,
        isOneWay: Bool,
        limits: EdgeTable.Limits,
        _ change: (inout EdgeRow) -> Void
    ) -> (row: Int, isFolded: Bool) {
        edges.withRow(key, isOneWay: isOneWay, limits: limits, change)
    }

    /// Notes under which address clients reached the server of a row.
    func note(_ dialled: EdgeRow.Dialled, begun: UInt64, of row: Int) {
        if !edges.note(dialled, begun: begun, of: row) { add(.foldedEndpoints) }
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
            let seen = Suspect(address: address, mac: .max, interface: 0, locality: locality)
            if let last = lately[seen.place], last.isSame(as: seen) { return }
            if let known = localities[address] {
                localities[address] = max(known, locality)
            } else if localities.count < limit {
                localities[address] = locality
            } else {
                return add(.foldedEndpoints)
            }
            lately[seen.place] = seen
        case .ifOwn(let mac, let locality):
            let suspect = Suspect(address: address, mac: mac, interface: interface, locality: locality)
            if let last = lately[suspect.place], last.isSame(as: suspect) { return }
            guard suspects.count < limit || suspects[suspect] != nil else { return add(.foldedEndpoints) }
            suspects[suspect] = address
            lately[suspect.place] = suspect
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
