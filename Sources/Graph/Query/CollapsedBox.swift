// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What is one node of a graph, whatever its level and its group: a namespace, or all with one value of a label.
package enum CollapsedBox: Hashable, Sendable {
    case namespace(String)
    case label(Label)

    /// One value of a label.
    package struct Label: Hashable, Comparable, Sendable {
        let key: String
        let value: String

        package static func < (left: Self, right: Self) -> Bool {
            (left.key, left.value) < (right.key, right.value)
        }
    }

    /// The longest name that Kubernetes allows for a namespace (RFC 1123 label).
    package static let maximumNamespaceLength = 63

    /// Reads `NAMESPACE` or `KEY=VALUE`; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        guard let sign = text.lastIndex(of: "=") else {
            guard Self.isNamespace(text) else { return nil }
            self = .namespace(String(text))
            return
        }
        let value = String(text[text.index(after: sign)...])
        guard case .label(let key)? = GraphGroup("label:\(text[..<sign])"), GraphGroup.isValue(value) else {
            return nil
        }
        self = .label(Label(key: key, value: value))
    }

    /// Whether a text can be the name of a namespace.
    package static func isNamespace(_ name: some StringProtocol) -> Bool {
        (1...maximumNamespaceLength).contains(name.utf8.count)
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    var namespace: String? { if case .namespace(let name) = self { name } else { nil } }

    var label: Label? { if case .label(let label) = self { label } else { nil } }
}
