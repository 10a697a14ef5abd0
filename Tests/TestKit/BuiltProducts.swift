// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Programs of ours that tests start.
package enum BuiltProducts {
    /// The svcmap executable, built beside the running test bundle.
    ///
    /// A test that starts it where it was not built fails with this path.
    package static let svcmap: String = {
        // Under `swift test` this process is the test bundle itself.
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "svcmap").path
    }()
}
