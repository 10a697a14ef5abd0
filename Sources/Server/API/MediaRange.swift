// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A media type, or a pattern of types such as `image/*`.
package struct MediaRange: Equatable, Sendable {
    package let type: String
    package let subtype: String
    /// Whether it came with parameters other than its weight; none of ours have any.
    package let hasParameters: Bool

    package init(type: String, subtype: String, hasParameters: Bool = false) {
        self.type = type
        self.subtype = subtype
        self.hasParameters = hasParameters
    }

    /// How closely the pattern fits a type: 2 exactly, 1 by its type, 0 as anything; `nil` not at all.
    package func specificity(for other: MediaRange) -> Int? {
        if type == "*" { return subtype == "*" ? 0 : nil }
        guard type == other.type else { return nil }
        if subtype == "*" { return 1 }
        return subtype == other.subtype ? 2 : nil
    }
}

/// One element of an `Accept` header.
package struct AcceptedRange: Equatable, Sendable {
    package let range: MediaRange
    /// Thousandths, 0 to 1000.
    package let weight: Int

    /// Parses `type/subtype;q=0.5`; `nil` where it is malformed.
    package init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { Self.trimmed($0) }
        guard let first = parts.first else { return nil }
        let names = first.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
        var weight = 1000
        var hasParameters = false
        for parameter in parts.dropFirst() {
            if parameter.lowercased().hasPrefix("q=") {
                guard let parsed = Self.weight(ofParameter: parameter) else { return nil }
                weight = parsed
            } else {
                // A charset does not tell our types apart.
                hasParameters = hasParameters || !parameter.lowercased().hasPrefix("charset=")
            }
        }
        self.range = MediaRange(
            type: String(names[0]),
            subtype: String(names[1]),
            hasParameters: hasParameters
        )
        self.weight = weight
    }

    /// The weight that `q=` and `0`, `1`, or either with up to three decimals stand for, never above 1.
    static func weight(ofParameter text: Substring) -> Int? {
        guard text.lowercased().hasPrefix("q=") else { return nil }
        let parts = text.dropFirst(2).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard parts[0] == "0" || parts[0] == "1", decimals.utf8.count <= 3,
            decimals.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let padded = decimals + String(repeating: "0", count: 3 - decimals.utf8.count)
        let value = (parts[0] == "1" ? 1000 : 0) + (Int(padded) ?? 0)
        return value <= 1000 ? value : nil
    }

    static func trimmed(_ text: Substring) -> Substring {
        var result = text.drop { $0 == " " || $0 == "\t" }
        while result.last == " " || result.last == "\t" { result.removeLast() }
        return result
    }
}
