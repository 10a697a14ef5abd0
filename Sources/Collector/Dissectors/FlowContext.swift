// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What dissectors know of the flow they follow, besides its bytes.
struct FlowContext {
    let shared: SharedDissectionState
    let originatorAddress: IPAddress?
    let responderAddress: IPAddress?

    /// The address of the side that sends in a direction; unspecified where it is not known.
    func address(_ direction: FlowDirection) -> IPAddress {
        let address = direction == .fromOriginator ? originatorAddress : responderAddress
        return address ?? IPAddress(v4: 0)
    }
}
