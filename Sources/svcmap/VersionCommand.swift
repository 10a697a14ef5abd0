// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version."
    )

    func run() {
        print("svcmap \(Version.current)")
    }
}
