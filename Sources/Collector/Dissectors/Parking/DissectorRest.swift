// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What there is to keep of a dissector between two messages, when nobody waits for anything.
struct DissectorRest {
    /// The side that asks.
    let client: FlowDirection
    /// Told by a dissector to itself.
    var traits: UInt8 = 0
    /// The name by which its client called the server, once it was told.
    var serverName: String?
}

/// What there is to keep of all that dissects a flow.
struct DissectionRest {
    /// The number of its protocol in `StreamProtocol.all`.
    let entry: Int
    let dissector: DissectorRest
    /// The side that the flow was found to be asked by.
    let client: FlowDirection?
    let ports: (UInt16, UInt16)
    let addresses: Pair<IPAddress>
}
