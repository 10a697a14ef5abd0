// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Finds the queries that are steps of one lookup.
///
/// A resolver completes short names with the domains of its search list (resolv.conf(5),
/// `search` and `ndots`). In a pod a name with fewer than five dots is asked for as
///
/// ```text
/// cart.shop.svc.cluster.local   NXDOMAIN   ⎫
/// cart.svc.cluster.local        NXDOMAIN   ⎬ steps: each is asked for after the answers to
/// cart.cluster.local            NXDOMAIN   ⎭ the one before, A and AAAA side by side
/// cart                          the answer that decides
/// ```
///
/// and each step may come from a new port, so steps are found by client, not by flow. A name
/// with enough dots is asked for as it is first, and with each domain after that. So the next
/// query of a client is a further step of a lookup, if it comes within a second of a failed
/// answer, was not tried in that lookup, and
///
/// - is the beginning of the name before (the name as it was given; it is the last step), or
/// - goes on from the first name of the lookup (that was the name as given), or
/// - shares leading labels with the name before, and what follows them is the end of what
///   followed them there (`svc.cluster.local` after `shop.svc.cluster.local`); once a lookup
///   has shown by this where its given name ends, any other domain may follow that.
///
/// Answers to steps that were followed by another are no failures. The rule cannot tell
/// `www.a.example` followed by `www.example` from a search list; both end with the answer to
/// the last, which is what the caller got.
struct DNSLookupTracker {
    private var lookups: [IPAddress: [DNSLookup]] = [:]
    private var lastSweep = Timestamp(nanoseconds: .min)

    /// Assigns a query to a lookup of its client, a new one if need be.
    ///
    /// - Returns: `nil` where too many are followed.
    mutating func query(
        _ name: DNSName,
        type: UInt16,
        client: IPAddress,
        at time: Timestamp
    ) -> DNSLookup? {
        if lookups[client] == nil {
            if lookups.count >= DNSLimits.clients { sweep(at: time) }
            guard lookups.count < DNSLimits.clients else { return nil }
        }
        return find(name, type: type, in: &lookups[client, default: []], at: time)
    }

    private func find(
        _ name: DNSName,
        type: UInt16,
        in lookups: inout [DNSLookup],
        at time: Timestamp
    ) -> DNSLookup? {
        lookups.removeAll { $0.isOver(at: time) }
        // The oldest first: it is the one that waits for its next step.
        for lookup in lookups where lookup.join(name, type: type, at: time) { return lookup }
        guard lookups.count < DNSLimits.lookupsPerClient else { return nil }
        let lookup = DNSLookup(name, type: type, at: time)
        lookups.append(lookup)
        return lookup
    }

    /// Forgets clients without a live lookup, at most once per second of packet time.
    private mutating func sweep(at time: Timestamp) {
        guard time - lastSweep >= DNSLimits.searchStepNanoseconds else { return }
        lastSweep = time
        for (client, all) in lookups {
            let live = all.filter { !$0.isOver(at: time) }
            lookups[client] = live.isEmpty ? nil : live
        }
    }
}
