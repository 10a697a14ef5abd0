// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Render

/// The command line: arguments, wiring, exit codes.
struct SvcMap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "svcmap",
        abstract: "Turns traffic into a map of who calls whom in a Kubernetes cluster.",
        discussion: """
            From a capture to a map:

              svcmap import capture.pcap --inventory objects.json --store map.db
              svcmap serve --store map.db

            where objects.json is what this prints:

              kubectl get pods,svc,endpoints,endpointslices,nodes -A -o json

            Options may also be given as environment variables (SVCMAP_STORE for --store) or in \
            a YAML file named by --config; options win over the environment, the environment \
            over the file. Data goes to standard output, everything else to standard error.

            Exit codes: 0 fine, 1 findings, 2 usage, 3 input unreadable, 4 internal.
            """,
        version: Version.current,
        subcommands: [
            ImportCommand.self, CaptureCommand.self, ServeCommand.self, ExportCommand.self,
            StoreCommand.self, VersionCommand.self,
        ]
    )
}

@main
enum Main {
    static func main() async {
        // Not a command: it must set its limits before anything else runs.
        if CommandLine.arguments.dropFirst().first == RenderWorker.argument {
            Exit.now(RenderWorker.main())
        }
        do {
            var command = try SvcMap.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Exit.now(Exit.report(error))
        }
    }
}
