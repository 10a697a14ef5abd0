// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What makes several entities one node of a graph, across its level.
package enum GraphGroup: Hashable, Sendable {
    /// All entities with one value of a label; those without the label stay as they are.
    case label(key: String)
    /// All entities of a namespace.
    case namespace

    /// Longer keys than this are none: a prefix of 253 bytes, a slash, and a name of 63.
    package static let maximumKeyLength = 317

    private static let labelPrefix = "label:"

    /// Reads `label:KEY` or `namespace`; `nil` for anything else.
    package init?(_ text: String) {
        if text == "namespace" {
            self = .namespace
            return
        }
        guard text.hasPrefix(Self.labelPrefix) else { return nil }
        let key = text.dropFirst(Self.labelPrefix.count)
        guard (1...Self.maximumKeyLength).contains(key.utf8.count),
            key.utf8.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: "/") })
        else { return nil }
        self = .label(key: String(key))
    }

    /// Whether a label's value can be part of an id, as every value that Kubernetes accepts can.
    static func isValue(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}
