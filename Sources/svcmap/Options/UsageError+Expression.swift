// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

extension UsageError {
    /// A mistake in an expression: what it is, and below it where.
    init(expression: String, option: String, _ error: ExpressionError) {
        let hint = error.hint.map { "\n" + $0 } ?? ""
        let lines = (error.excerpt(of: expression) + hint).split(separator: "\n").map { "  " + $0 }
        self.init("--\(option): \(error.message)\n" + lines.joined(separator: "\n"))
    }
}
