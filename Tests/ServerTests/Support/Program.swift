// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Another program, run while the tests go on.
enum Program {
    /// Runs a program to its end, off the threads of tests.
    ///
    /// - Parameter arguments: Its name, which is looked for in the path, and its arguments.
    /// - Returns: What it printed, to both of its outputs, and its exit status.
    /// - Throws: What the system said of a program that could not be started.
    static func run(_ arguments: [String]) async throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let text: String = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        try process.run()
                        let data = try output.fileHandleForReading.readToEnd() ?? Data()
                        return String(decoding: data, as: UTF8.self)
                    }
                )
            }
        }
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }
}
