// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

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

    /// The page's own files.
    package static var page: String { root + "/public" }

    /// A file or folder of the project's recordings of real clusters.
    ///
    /// The checkout carries some; all of them may lie in `../shared` beside it.
    ///
    /// - Parameter name: Its path within the recordings.
    /// - Returns: The path, or `nil`, with a line that says so, where it is in neither place.
    package static func recording(_ name: String) -> String? {
        let shared = root + "/../shared"
        for folder in [example, shared + "/cluster", shared + "/bench/recordings"] {
            let path = folder + "/" + name
            if FileManager.default.isReadableFile(atPath: path) { return path }
        }
        // scripts/test.sh counts such lines.
        print("skipped: the recording \(name) is neither in Examples/cluster nor in ../shared")
        return nil
    }
}
