// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension EdgeRow {
    /// Addresses of one edge that are told apart; a server has few.
    private static let maximumDialled = 64

    /// Notes under which address clients reached the server.
    ///
    /// A row that stands for many servers keeps none of theirs.
    ///
    /// - Parameters:
    ///   - address: What they dialled.
    ///   - begun: Connections that began so.
    /// - Returns: Whether the address was kept or has no place by design, not for want of room.
    mutating func note(_ address: Dialled, begun: UInt64) -> Bool {
        let nobody = Endpoint(scope: key.server.scope, address: EdgeTable.foldedAddress)
        if key.server == nobody {
            dialled[Dialled(endpoint: nobody, port: key.port), default: 0].addSaturated(begun)
            return true
        }
        if dialled.count >= Self.maximumDialled, dialled[address] == nil {
            dialled[Dialled(endpoint: nobody, port: 0), default: 0].addSaturated(begun)
            return false
        }
        dialled[address, default: 0].addSaturated(begun)
        return true
    }
}
