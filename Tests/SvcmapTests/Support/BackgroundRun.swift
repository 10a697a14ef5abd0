// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit

/// A run of the program that goes on while the test does something else.
final class BackgroundRun {
    private let process = Process()
    private let errors: URL
    private let scratch: TemporaryFolder

    /// Starts the program.
    init(_ arguments: [String], executable: String = BuiltProducts.svcmap, in scratch: TemporaryFolder) throws
    {
        self.scratch = scratch
        errors = scratch.url.appending(path: "errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]
        process.currentDirectoryURL = scratch.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var errorText: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Waits until a line on standard error contains some words; `nil` when it ended before.
    func line(containing words: String) async throws -> String? {
        while true {
            if let line = errorText.split(separator: "\n").first(where: { $0.contains(words) }) {
                return String(line)
            }
            guard process.isRunning else { return nil }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Sends a signal and waits for the end.
    func stop(_ signal: Int32 = SIGINT) -> Int32 {
        kill(process.processIdentifier, signal)
        return wait()
    }

    /// Waits for the end; a signal's number is negative.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
