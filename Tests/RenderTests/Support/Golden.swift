// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// Compares output with a file that a person has looked at.
///
/// `UPDATE_GOLDEN=1` rewrites the file and still fails, so that no run passes by writing what
/// it wanted to read.
enum Golden {
    static let folder = URL(filePath: Checkout.fixtures + "/golden/render")

    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation)
    {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            do {
                try Data(text.utf8).write(to: file)
                Issue.record("rewrote \(name): look at the difference", sourceLocation: sourceLocation)
            } catch {
                Issue.record("cannot write \(name): \(error)", sourceLocation: sourceLocation)
            }
            return
        }
        guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
            Issue.record("\(name) is missing: run with UPDATE_GOLDEN=1", sourceLocation: sourceLocation)
            return
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
        if let line = zip(lines, wanted).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            Issue.record(
                "\(name) line \(line.offset + 1): \(line.element.0) instead of \(line.element.1)",
                sourceLocation: sourceLocation
            )
        }
        #expect(text == expected, "\(name) differs", sourceLocation: sourceLocation)
    }
}
