// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit

/// What a run of the program left behind.
struct Run {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
}

/// The svcmap binary that was built beside the tests.
enum Binary {
    /// Runs it to its end with exactly the given environment, beside PATH.
    static func run(
        _ arguments: [String],
        input: Data = Data(),
        environment: [String: String] = [:],
        in directory: URL? = nil
    ) throws -> Run {
        try run(BuiltProducts.svcmap, arguments, input: input, environment: environment, in: directory)
    }

    /// Runs another program the same way.
    static func run(
        _ executable: String,
        _ arguments: [String],
        input: Data = Data(),
        environment: [String: String] = [:],
        in directory: URL? = nil
    ) throws -> Run {
        // Files, not pipes: a pipe that fills up would stop both sides.
        let scratch = try TemporaryFolder()
        let files = ["input", "output", "errors"].map { scratch.url.appending(path: $0) }
        try input.write(to: files[0])
        try Data().write(to: files[1])
        try Data().write(to: files[2])
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]) { given, _ in
            given
        }
        process.currentDirectoryURL = directory ?? scratch.url
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Run(
            status: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            output: try Data(contentsOf: files[1]),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        )
    }
}
