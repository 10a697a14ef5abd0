// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The rectangle that the path data of one of our outlines spans, curves by their end points.
struct PathFrame: Equatable {
    private(set) var left = Double.infinity
    private(set) var right = -Double.infinity
    private(set) var top = Double.infinity
    private(set) var bottom = -Double.infinity

    /// Reads `M`, `L`, `H`, `V`, `A`, `C`, `Q` and `Z` with absolute coordinates.
    init?(_ data: String) {
        var command: Character = "M"
        var numbers: [Double] = []
        var word = ""
        func close() {
            if let number = Double(word) { numbers.append(number) }
            word = ""
        }
        for letter in data + "Z" {
            if letter.isLetter {
                close()
                add(command, numbers)
                (command, numbers) = (letter, [])
            } else if letter == " " {
                close()
            } else {
                word.append(letter)
            }
        }
        guard left <= right, top <= bottom else { return nil }
    }

    private mutating func add(_ command: Character, _ numbers: [Double]) {
        switch command {
        case "H": numbers.forEach { addX($0) }
        case "V": numbers.forEach { addY($0) }
        case "M", "L", "A", "C", "Q":
            guard numbers.count >= 2 else { return }
            addX(numbers[numbers.count - 2])
            addY(numbers[numbers.count - 1])
        default: break
        }
    }

    private mutating func addX(_ x: Double) { (left, right) = (min(left, x), max(right, x)) }
    private mutating func addY(_ y: Double) { (top, bottom) = (min(top, y), max(bottom, y)) }

    func overlaps(_ other: PathFrame) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    func contains(_ other: PathFrame) -> Bool {
        left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
    }
}
