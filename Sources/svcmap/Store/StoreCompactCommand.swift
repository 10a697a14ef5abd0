// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Foundation
import Storage

struct StoreCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Roll up all windows of a store and write its file anew.",
        discussion: """
            Needs as much free space as the store has; others who write wait meanwhile, and give up after 10 s.
            """
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let path = try await common.store().path
        // What is not there need not be created.
        _ = try WindowStore(path: path, access: .readOnly)
        let store = try WindowStore(path: path, access: .readWrite)
        try StoreCommand.lookAfter(store, RetentionPolicy(), path: path)
        let before = try store.info().bytes
        guard try store.vacuum() else { throw StoreCommand.busy(path) }
        let after = try store.info().bytes
        try store.close()
        Console.note(
            "\(path): \(Figures.bytes(UInt64(clamping: before))) before, "
                + "\(Figures.bytes(UInt64(clamping: after))) now"
        )
    }
}
