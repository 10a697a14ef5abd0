// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why an expression is none, or cost too much: one line, and the place it is about.
package struct ExpressionError: Error, Hashable, Sendable {
    /// What kind of mistake it is.
    package enum Kind: String, Sendable {
        /// The text is not in the language.
        case syntax
        /// A field, function or variable that does not exist.
        case unknownName
        /// A value where one of another type belongs.
        case type
        /// More than `ExpressionLimits` allow.
        case limit
    }

    package let kind: Kind
    package let message: String
    package let span: SourceSpan
    /// What may have been meant.
    package let hint: String?

    package init(_ kind: Kind, _ message: String, at span: SourceSpan, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.span = span
        self.hint = hint
    }

    /// Code points of the line that are shown at each side of the place.
    private static let excerptReach = 56

    /// The line of the text that holds the place, cut where it is long, and carets below it.
    ///
    /// - Parameter source: The text of the expression.
    /// - Returns: Two lines of equally wide characters.
    package func excerpt(of source: String) -> String {
        let scalars = Array(source.unicodeScalars)
        let offset = min(max(0, span.offset), scalars.count)
        var start = offset
        while start > 0, scalars[start - 1] != "\n", offset - start < Self.excerptReach { start -= 1 }
        var end = offset
        while end < scalars.count, scalars[end] != "\n", end - offset < Self.excerptReach { end += 1 }
        let line = scalars[start..<end].map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }
        let carets = max(1, min(span.length, end - offset))
        return line.joined() + "\n" + String(repeating: " ", count: offset - start)
            + String(repeating: "^", count: carets)
    }
}
