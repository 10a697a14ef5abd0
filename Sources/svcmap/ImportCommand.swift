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

            A folder stands for the captures in it. Several captures are read in the order of \
            their first frames, each as seen by a node or interface of its own. For a rotated \
            capture (tcpdump -C or -G) that cuts connections where one file ends and the next \
            begins; read as one it does not:

              mergecap -a -w - capture.pcap* | svcmap import -

            Captures of several nodes are best named as several files: each has its own clock. \
            To merge them use pcapng with an interface for each, whose clocks are compared:

              mergecap -I none -w merged.pcapng node1.pcap node2.pcap

            Importing a capture twice changes nothing, whether as a file, compressed or through \
            a pipe. Of a file that is damaged all sound records are read and kept, and the exit \
            code is 3. So it is for a file that has only frames of link types that are not read, \
            as 802.11, of which nothing is kept; beside others such frames are counted.
            """
    )

    @Argument(help: ArgumentHelp("Capture files or folders of them; - is standard input.", valueName: "file"))
    var files: [String] = []

    @Flag(help: "Go on reading a file that is still being written, until Ctrl-C.")
    var follow = false

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
        guard !follow || files.count == 1 && files != ["-"] && !ImportPlan.isFolder(files[0]) else {
            throw UsageError("--follow takes one file; a pipe is read to its end as it is")
        }
        let configuration = try CollectorOptions.configuration(settings)
        let fold = try CollectorOptions.fold(settings)

        let path = settings.string(.store, default: CommonOptions.defaultStore)
        let store = try WindowStore(path: path, access: .readWrite)
        // Objects first: they are small, and a wrong dump is better known before a long read.
        var isComplete = true
        for dump in dumps {
            isComplete = InventoryImport.run(dump, cluster: configuration.cluster, into: store) && isComplete
        }
        isComplete = try importCaptures(configuration, fold, into: store) && isComplete
        try rollUp(store)
        try store.close()
        guard isComplete else { throw UnreadableInput() }
    }

    /// Makes longer windows of what came, unless another process is at it.
    private func rollUp(_ store: WindowStore) throws {
        let outcome = try store.lookAfterAll()
        // What cannot be rolled up stays as it was imported, and is read from there.
        for line in outcome?.damaged ?? [] { Console.error(line) }
    }

    /// Prints what each capture came to, and what all did; `false` where one could not be read.
    private func importCaptures(
        _ configuration: MeteringEngine.Configuration,
        _ fold: EdgeFold,
        into store: WindowStore
    ) throws -> Bool {
        let plan = ImportPlan(files)
        let stop = follow ? StopSignals() : nil
        var isComplete = plan.isComplete
        var totals = ImportTotals()
        for (index, capture) in plan.captures.enumerated() {
            let outcome = try CaptureImport(
                file: capture,
                configuration: configuration,
                fold: fold,
                store: store,
                place: .init(number: index + 1, count: plan.captures.count),
                stop: stop
            )
            .run()
            totals.merge(outcome.totals)
            isComplete = outcome.isComplete && isComplete
        }
        if plan.captures.count > 1, totals.coverage.frames > 0 {
            let count = plan.captures.count
            let summary = ImportSummary(
                totals: totals,
                name: Figures.count(count, "capture"),
                captures: count
            )
            for line in summary.lines { Console.write(line) }
        }
        return isComplete
    }
}
