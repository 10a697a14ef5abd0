// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Storage

/// Verbs for the store file itself.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look into a store, check it, copy it, make it smaller.",
        subcommands: [
            StoreInfoCommand.self, StoreVerifyCommand.self, StoreBackupCommand.self,
            StorePruneCommand.self, StoreCompactCommand.self, StoreDumpCommand.self,
        ]
    )

    /// Refuses where another process is at work on the store.
    static func busy(_ path: String) -> StorageError {
        StorageError(.locked, "another process is looking after the store \(path); try again in a moment")
    }

    /// Rolls up and prunes, and says what came of it.
    static func lookAfter(_ store: WindowStore, _ policy: RetentionPolicy, path: String) throws {
        let outcome = try store.lookAfterAll(policy: policy)
        guard let outcome else { throw busy(path) }
        Console.note(
            "\(path): \(Figures.count(outcome.rolledUp, "window")) rolled up, "
                + "\(Figures.count(outcome.pruned)) pruned"
        )
        if outcome.isTooLarge {
            Console.note("\(path) is still larger than it should be, and nothing more can go")
        }
        for line in outcome.damaged { Console.error(line) }
        guard outcome.damaged.isEmpty else { throw UnreadableInput() }
    }
}

/// What the verbs share: where the store is.
extension CommonOptions {
    /// Settings and the path of the store.
    func store(
        merging given: [Setting: String] = [:]
    ) async throws -> (settings: Settings, path: String) {
        let settings = try await Settings(
            options: settings.merging(given) { first, _ in first },
            configurationFile: config
        )
        return (settings, settings.string(.store, default: Self.defaultStore))
    }
}
