// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Reads what `kubectl get -o json` prints into inventory observations.
package struct ObjectDump {
    /// What was understood.
    package var observations: [InventoryObservation] = []
    /// Objects of kinds that say nothing about the map, by kind.
    package var ignored: [String: Int] = [:]

    /// - Parameters:
    ///   - bytes: A List, a typed list, a single object, or several of them one after the other.
    ///   - cluster: The cluster the objects are from.
    /// - Throws: `ObjectDumpError` with one line that says what is wrong and where.
    package init(_ bytes: [UInt8], cluster: String) throws {
    }
}
