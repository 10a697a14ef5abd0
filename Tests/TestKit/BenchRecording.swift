// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// The recording of a mix of real clients and servers, with what each of them counted.
package enum BenchRecording {
    /// The folder with `mix-8s.pcap.gz`, what clients and tshark say of it, and `truth/`.
    ///
    /// Where it is absent this is `nil`, and the first to ask prints a line that says so.
    package static let folder: String? = Checkout.recording("mix-8s.pcap.gz").map { path in
        String(path.dropLast("/mix-8s.pcap.gz".count))
    }

    /// The cells of the rows of a Markdown table, behind a line that begins with some text.
    ///
    /// - Parameters:
    ///   - file: Its name in the folder.
    ///   - title: What the line before the table begins with.
    /// - Returns: Rows without the head; empty where there is no such table.
    /// - Throws: What reading the file throws.
    package static func table(_ file: String, under title: String) throws -> [[String]] {
        guard let folder else { return [] }
        let lines = try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(separator: "\n")
        return lines.drop { !$0.hasPrefix(title) }.dropFirst()
            .prefix { $0.hasPrefix("|") }
            .dropFirst(2)
            .map { row in
                row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
    }
}
