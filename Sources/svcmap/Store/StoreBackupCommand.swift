// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Storage

struct StoreBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a store into a new file, while others write to it.",
        discussion: "The copy is the store as it was at one instant. It appears when it is complete."
    )

    @Argument(help: ArgumentHelp("The new file.", valueName: "file"))
    var file: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let path = try await common.store().path
        try WindowStore(path: path, access: .readOnly).backUp(to: file)
        Console.note("\(path) was copied to \(file)")
    }
}
