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

            Importing a file twice changes nothing. A file that is damaged is read as far as it
            can be; what was read is kept, and the exit code is 3.
            """
    )

    @Argument(help: ArgumentHelp("Capture files; - is standard input.", valueName: "file"))
    var files: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What `kubectl get pods,svc,endpoints,endpointslices,nodes -A -o json` printed; may be repeated.",
            valueName: "file"
        )
    )
    var inventory: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The cluster the traffic is from (default: default).", valueName: "name")
    )
    var cluster: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Flows kept at once; more push out the idlest (default: 262144).",
            valueName: "count"
        )
    )
    var maxFlows: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        var given = common.settings
        given[.cluster] = cluster
        given[.inventory] = inventory.isEmpty ? nil : inventory.joined(separator: ",")
        given[.maximumFlows] = maxFlows
        let settings = try await Settings(options: given, configurationFile: common.config)
        let dumps = settings.list(.inventory)
        guard !files.isEmpty || !dumps.isEmpty else {
            throw UsageError("nothing to import: name a capture file, - or --inventory FILE")
        }
        guard files.filter({ $0 == "-" }).count <= 1 else {
            throw UsageError("standard input (-) can be read once only")
        }
        var configuration = MeteringEngine.Configuration()
        configuration.cluster = settings.string(.cluster, default: configuration.cluster)
        configuration.maximumFlows = try settings.integer(
            .maximumFlows,
            in: 1_024...16_777_216,
            default: configuration.maximumFlows
        )

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
