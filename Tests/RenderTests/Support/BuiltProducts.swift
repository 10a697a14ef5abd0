// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Testing

/// Programs that tests start.
enum BuiltProducts {
    /// The executable built beside this test bundle.
    static func svcmap() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: own).deletingLastPathComponent().appending(path: "svcmap").path
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is not built")
        return path
    }

    /// The `dot` program, which tests of DOT output need.
    static func dot() throws -> String {
        let path = ["/usr/bin/dot", "/usr/local/bin/dot"].first(where: FileManager.default.isExecutableFile)
        return try #require(path, "dot is missing: apt install graphviz")
    }
}
