// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Testing

/// Runs the real `dot` on DOT text.
enum Dot {
    /// What `dot -TFORMAT` answers; a warning is a failure as well.
    static func run(_ text: String, format: String) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appending(path: "svcmap-dot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output, errors) = ("in.dot", "out", "err")
        try Data(text.utf8).write(to: folder.appending(path: input))
        try Data().write(to: folder.appending(path: errors))
        let process = Process()
        process.executableURL = URL(filePath: try program())
        process.arguments = [
            "-T\(format)", "-o", folder.appending(path: output).path, folder.appending(path: input).path,
        ]
        process.standardError = try FileHandle(forWritingTo: folder.appending(path: errors))
        try process.run()
        process.waitUntilExit()
        let complaints = try String(contentsOf: folder.appending(path: errors), encoding: .utf8)
        #expect(process.terminationStatus == 0 && complaints == "", "dot says: \(complaints)")
        return try Data(contentsOf: folder.appending(path: output))
    }

    private static func program() throws -> String {
        let path = ["/usr/bin/dot", "/usr/local/bin/dot"].first(where: FileManager.default.isExecutableFile)
        return try #require(path, "dot is missing: apt install graphviz")
    }

    /// A drawn graph, as `dot -Tjson0` describes it.
    struct Drawing: Decodable {
        struct Object: Decodable {
            var name: String
            var label: String?
        }
        struct Edge: Decodable {
            var tail: Int
            var head: Int
            var label: String?
        }
        var objects: [Object]?
        var edges: [Edge]?
    }

    static func parse(_ text: String) throws -> Drawing {
        try JSONDecoder().decode(Drawing.self, from: run(text, format: "json0"))
    }

    /// A label's lines as a reader sees them: what Graphviz makes of sequences and entities.
    static func lines(ofLabel label: String) -> [String] {
        var lines = [""]
        var isEscaped = false
        for character in label {
            if isEscaped {
                if character == "n" { lines.append("") } else { lines[lines.count - 1].append(character) }
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                lines[lines.count - 1].append(character)
            }
        }
        return lines.map { $0.replacing("&amp;", with: "&") }
    }
}
