// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Collector
import FlowModel
import Graph
import Storage

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read capture files and Kubernetes objects into a store.",
        discussion: """
            Captures are pcap or pcapng, gzip or not; - reads standard input:

              tcpdump -i any -w - | svcmap import -

            Importing a file twice changes nothing. A file that is damaged is read as far as it \
            can be; what was read is kept, and the exit code is 3.
            """
    )

    @Argument(help: ArgumentHelp("Capture files; - is standard input.", valueName: "file"))
    var files: [String] = []

    @Option(name: .long, help: Setting.inventory.help)
    var inventory: [String] = []

    @OptionGroup var collector: CollectorOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let given = common.settings.merging(collector.settings) { first, _ in first }
        let settings = try await Settings(options: given, configurationFile: common.config)
        // As options, paths may hold commas.
        let dumps = inventory.isEmpty ? settings.list(.inventory) : inventory
        guard !files.isEmpty || !dumps.isEmpty else {
            throw UsageError("nothing to import: name a capture file, - or --inventory FILE")
        }
        guard files.filter({ $0 == "-" }).count <= 1 else {
            throw UsageError("standard input (-) can be read once only")
        }
        let configuration = try CollectorOptions.configuration(settings)

        let path = settings.string(.store, default: CommonOptions.defaultStore)
        let store = try WindowStore(path: path, access: .readWrite)
        // Objects first: they are small, and a wrong dump is better known before a long read.
        var isComplete = true
        for dump in dumps {
            isComplete = InventoryImport.run(dump, cluster: configuration.cluster, into: store) && isComplete
        }
        for file in files {
            isComplete =
                try CaptureImport(file: file, configuration: configuration, store: store).run() && isComplete
        }
        try store.close()
        guard isComplete else { throw UnreadableInput() }
    }
}
