// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Captures published by others, with what other tools say about them; never in the checkout.
package enum Corpus {
    /// The folder with `ORACLE.tsv`, `INDEX.tsv` and the captures.
    ///
    /// Named by `SVCMAP_CORPUS`, else `../shared/corpus` beside the checkout. Where it is absent
    /// this is `nil`, and the first to ask prints a line that says so.
    package static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["SVCMAP_CORPUS"]
        let path = named ?? Checkout.root + "/../shared/corpus"
        if FileManager.default.isReadableFile(atPath: path + "/ORACLE.tsv") { return path }
        // scripts/test.sh counts such lines.
        print("skipped: public captures: none at SVCMAP_CORPUS (default ../shared/corpus)")
        return nil
    }()

    /// Rows of a tab-separated table without its first, which names the columns.
    package static func table(_ path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
