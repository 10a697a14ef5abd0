// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Foundation
import Storage

struct StoreVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a store for damage.",
        discussion: """
            Reads every page, report and summary, counts the rows, and adds some of the longer \
            windows up again. What is wrong is printed, a line each; the exit code is then 3.
            """
    )

    @Flag(help: "Add all longer windows up again.")
    var deep = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let path = try await common.store().path
        let outcome = try WindowStore(path: path, access: .readOnly).check(isDeep: deep)
        for problem in outcome.problems {
            FileHandle.standardOutput.write(Data((Console.printable(problem) + "\n").utf8))
        }
        let read =
            "\(Figures.count(outcome.windows, "window")) and \(Figures.count(outcome.rows, "row")) read, "
            + "\(Figures.count(outcome.compared, "window")) added up again"
        guard outcome.problems.isEmpty else {
            Console.error("\(path): \(Figures.count(outcome.problems.count, "problem")); \(read)")
            throw UnreadableInput()
        }
        Console.note("\(path) is sound: \(read)")
    }
}
