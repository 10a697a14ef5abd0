// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// Runs a line of Python: readers of formats that nobody here wrote.
enum Python {
    /// What a program prints, with a text as the file that its first argument names.
    static func run(_ program: String, on text: String) throws -> Data {
        let folder = try TemporaryFolder()
        try folder.write(Data(text.utf8), to: "in")
        try folder.write(Data(), to: "out")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, folder.file("in")]
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.file("out")))
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "python3 failed")
        return try folder.read("out")
    }
}
