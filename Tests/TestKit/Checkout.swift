// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Places in the checkout that tests read, found from this file.
package enum Checkout {
    /// The folder that holds Package.swift.
    package static let root: String = {
        // Tests/TestKit/Checkout.swift, so three steps up.
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }()

    /// The example cluster: `demo.pcap`, `objects.json`, `truth/`.
    package static var example: String { root + "/Examples/cluster" }

    /// Committed test data.
    package static var fixtures: String { root + "/Tests/Fixtures" }
}
