// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Testing

/// Runs a line of Python: readers of formats that nobody here wrote.
enum Python {
    /// What a program prints, with a text as the file that its first argument names.
    static func run(_ program: String, on text: String) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appending(path: "svcmap-py-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(text.utf8).write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, input.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "python3 failed")
        return try Data(contentsOf: output)
    }
}
