// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit

/// The example cluster, imported once for all tests that only read it.
enum ExampleCluster {
    /// The folder with `map.db`; an import that failed leaves none, and the tests say so.
    static let scratch: TemporaryFolder? = {
        guard let scratch = try? TemporaryFolder(),
            let run = try? Binary.run(arguments, in: scratch.url), run.status == 0
        else { return nil }
        return scratch
    }()

    static let arguments = [
        "import", Checkout.example + "/demo.pcap", "--inventory", Checkout.example + "/objects.json",
        "--store", "map.db",
    ]

    /// Exports the store of the example cluster.
    static func export(_ options: [String]) throws -> Run {
        try Binary.run(["export", "--store", "map.db"] + options, in: scratch?.url)
    }

    static func graph(_ level: String) throws -> GraphDocument {
        try GraphDocument(try export(["--json", "--level", level]).output)
    }

    /// Status by count of nginx's access log, for one client, within the capture's time.
    ///
    /// A line is written when the response has been sent, so a line's time against the last
    /// frame's decides whether the capture holds the response.
    static func accessLog(client: String) throws -> [String: Int] {
        let log = try String(
            contentsOfFile: Checkout.example + "/truth/truth-nginx-access.log",
            encoding: .utf8
        )
        var statuses: [String: Int] = [:]
        for line in log.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 10, words[1] == client, words[0] > "2026-11-22T09:09:13.110558",
                words[0] < "2026-11-22T09:10:11.934899", let quote = line.range(of: "\" ", options: [])
            else { continue }
            let status = line[quote.upperBound...].prefix(3)
            statuses[String(status), default: 0] += 1
        }
        return statuses
    }
}
