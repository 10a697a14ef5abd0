// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Names that servers of parked streams were called by, each kept once for all of them.
package struct ParkedNames {
    /// Names kept at once; the stream of a further one is not parked.
    package static let limit = 65_536

    private var numbers: [String: Int32] = [:]
    private var names: [String] = []
    /// Streams that hold each.
    private var holders: [UInt32] = []
    private var free: [Int32] = []

    package init() {}

    /// The name of a number that is held.
    package subscript(number: Int32) -> String { names[Int(number)] }

    /// Holds a name once more.
    ///
    /// - Returns: Its number; `nil` where there is no room for another.
    package mutating func hold(_ name: String) -> Int32? {
        if let number = numbers[name] {
            holders[Int(number)] += 1
            return number
        }
        guard numbers.count < Self.limit else { return nil }
        let number = free.popLast() ?? Int32(truncatingIfNeeded: names.count)
        if Int(number) == names.count {
            names.append(name)
            holders.append(1)
        } else {
            names[Int(number)] = name
            holders[Int(number)] = 1
        }
        numbers[name] = number
        return number
    }

    /// Lets go of a name that was held.
    package mutating func release(_ number: Int32) {
        holders[Int(number)] -= 1
        guard holders[Int(number)] == 0 else { return }
        numbers[names[Int(number)]] = nil
        names[Int(number)] = ""
        free.append(number)
    }
}
