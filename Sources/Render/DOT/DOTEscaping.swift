// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Strings as DOT writes them.
///
/// Always quoted, so never a keyword and never HTML-like.
enum DOTEscaping {
    /// Ids longer than this are cut and completed by a hash.
    static let maximumIDScalars = 300

    /// A label of several lines, each already fit to be seen.
    ///
    /// In labels Graphviz reads backslash sequences and XML entities, so `\` and `&` are written
    /// as what stands for them.
    static func label(_ lines: [String]) -> String {
        let escaped = lines.map { line in
            line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("&", with: "&amp;")
        }
        return "\"" + escaped.joined(separator: "\\n") + "\""
    }

    /// An id that differs wherever the original does, though what cannot be seen is spelled out.
    static func id(_ id: String) -> String {
        guard !VisibleText.isPlain(id, limit: maximumIDScalars) else { return quoted(id) }
        return quoted(VisibleText.of(id, limit: maximumIDScalars) + "#" + StableID.hash(id))
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
