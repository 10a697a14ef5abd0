// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Foundation
import Storage

struct StorePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete old windows of a store.",
        discussion: """
            Two days of 10 s windows, two weeks of minutes, and all longer ones for ever:

              svcmap store prune --keep 10s=2d,1m=14d

            Ages are counted back from the newest window. A window is deleted when the longer window \
            around it stands for it, so a little more may stay. svcmap serve and svcmap capture do \
            this all along with the same options. Captures of times that were pruned are refused from then on.
            """
    )

    @OptionGroup var retention: RetentionOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let (settings, path) = try await common.store(merging: retention.settings)
        let policy = try RetentionOptions.policy(settings)
        guard !policy.keepsEverything else {
            throw UsageError("nothing to prune: give --keep or --max-size")
        }
        // What is not there holds nothing to delete.
        _ = try WindowStore(path: path, access: .readOnly)
        let store = try WindowStore(path: path, access: .readWrite)
        try StoreCommand.lookAfter(store, policy, path: path)
        try store.close()
    }
}
