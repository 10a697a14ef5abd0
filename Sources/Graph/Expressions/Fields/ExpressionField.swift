// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A field that expressions can read.
package struct ExpressionField<Subject>: Sendable {
    /// Its names from the outside in, with points between them.
    package let path: String
    package let type: ExpressionType
    /// Whether it may be without a value.
    package let isOptional: Bool
    /// The values that a string takes, where they are known; empty where it takes any.
    package let values: [String]
    package let meaning: String
    /// `nil` where there is no value.
    package let read: @Sendable (Subject) -> ExpressionValue?

    package init(
        _ path: String,
        _ type: ExpressionType,
        isOptional: Bool = false,
        values: [String] = [],
        _ meaning: String,
        read: @escaping @Sendable (Subject) -> ExpressionValue?
    ) {
        self.path = path
        self.type = type
        self.isOptional = isOptional
        self.values = values
        self.meaning = meaning
        self.read = read
    }
}

/// All fields that expressions about one kind of thing can read.
package struct ExpressionSchema<Subject>: Sendable {
    /// In the order in which people are told of them.
    package let fields: [ExpressionField<Subject>]
    private let byPath: [String: Int]
    /// Paths that fields lie below, such as `edge.latency`.
    private let groups: Set<String>

    package init(_ fields: [ExpressionField<Subject>]) {
        self.fields = fields
        byPath = Dictionary(
            fields.indices.map { (fields[$0].path, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        groups = fields.reduce(into: []) { groups, field in
            let names = field.path.split(separator: ".")
            for count in 1..<max(1, names.count) { groups.insert(names.prefix(count).joined(separator: ".")) }
        }
    }

    func field(_ path: String) -> ExpressionField<Subject>? { byPath[path].map { fields[$0] } }

    func isGroup(_ path: String) -> Bool { groups.contains(path) }

    /// Whether a path is a field, or goes on behind one.
    func hasField(above path: String) -> Bool {
        let names = path.split(separator: ".")
        return names.indices.contains { byPath[names[...$0].joined(separator: ".")] != nil }
    }

    /// The names right below a path, in order.
    func names(below path: String) -> [String] {
        let prefix = path.isEmpty ? "" : path + "."
        var names: [String] = []
        for field in fields where field.path.hasPrefix(prefix) {
            let name = String(field.path.dropFirst(prefix.count).prefix { $0 != "." })
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The field that somebody most likely meant: the one with fewest letters to change.
    func nearest(to path: String) -> String? {
        let wanted = Array(path.lowercased().utf8)
        let last = Array((path.split(separator: ".").last ?? "").lowercased().utf8)
        guard wanted.count <= 64 else { return nil }
        var best: (path: String, distance: Int)?
        for field in fields {
            let candidate = field.path.lowercased()
            let name = candidate.split(separator: ".").last ?? ""
            // `errorRate` alone stands for `edge.errorRate`.
            let distance = min(
                wanted.editDistance(to: Array(candidate.utf8)),
                1 + last.editDistance(to: Array(name.utf8)) + (last.count < 4 ? 2 : 0)
            )
            if best.map({ distance < $0.distance }) ?? true { best = (field.path, distance) }
        }
        guard let best, best.distance <= max(2, wanted.count / 3) else { return nil }
        return best.path
    }
}

extension [UInt8] {
    /// Letters to insert, delete or exchange (Levenshtein).
    fileprivate func editDistance(to other: [UInt8]) -> Int {
        var row = Array<Int>(0...other.count)
        for (index, letter) in enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (position, theirs) in other.enumerated() {
                let above = row[position + 1]
                row[position + 1] = Swift.min(
                    above + 1,
                    row[position] + 1,
                    diagonal + (letter == theirs ? 0 : 1)
                )
                diagonal = above
            }
        }
        return row[other.count]
    }
}
