// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Ids of keys made of numbers, as `IDCache` has them of strings: every row of a report asks for three.
///
/// Open addressing, half full at most. The hash is seeded: who chooses addresses cannot choose where they lie.
struct IDTable: Sendable {
    /// Numbers that tell a key apart.
    struct Key: Equatable, Sendable, BitwiseCopyable {
        var first: UInt64
        var second: UInt64
        var third: UInt64
        var fourth: UInt64
    }

    private struct Slot: Sendable, BitwiseCopyable {
        var key: Key
        /// 0 where the slot is free; no id is.
        var id: UInt64

        static let free = Slot(key: Key(first: 0, second: 0, third: 0, fourth: 0), id: 0)
    }

    /// Beyond this many entries the table starts again: it may be emptied at any time.
    private static let capacity = 1 << 18
    private static let leastSlots = 1 << 8

    /// A power of two of them.
    private var slots = [Slot](repeating: .free, count: Self.leastSlots)
    private var count = 0
    /// Entries since the last commit.
    private var pending = 0
    private let seeds: (UInt64, UInt64, UInt64)

    init() {
        var dice = SystemRandomNumberGenerator()
        seeds = (dice.next(), dice.next(), dice.next())
    }

    subscript(key: Key) -> UInt64? {
        let id = slots[place(of: key)].id
        return id == 0 ? nil : id
    }

    /// Notes the id of a key that has none.
    mutating func insert(_ id: UInt64, for key: Key) {
        guard id != 0 else { return }
        if (count &+ 1) &* 2 > slots.count { grow() }
        slots[place(of: key)] = Slot(key: key, id: id)
        count &+= 1
        pending &+= 1
    }

    mutating func commit() {
        pending = 0
        if count > Self.capacity { removeAll() }
    }

    /// Forgets more than was added since the last commit, as it seldom comes to this.
    mutating func rollBack() {
        if pending > 0 { removeAll() }
    }

    private mutating func removeAll() {
        slots = [Slot](repeating: .free, count: Self.leastSlots)
        (count, pending) = (0, 0)
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: .free, count: old.count * 2)
        for slot in old where slot.id != 0 { slots[place(of: slot.key)] = slot }
    }

    /// Where a key lies, or would lie.
    private func place(of key: Key) -> Int {
        let slots = slots.span
        let mask = slots.count &- 1
        var place = Int(truncatingIfNeeded: hash(key)) & mask
        // One slot in two is free.
        while slots[place].id != 0, slots[place].key != key { place = (place &+ 1) & mask }
        return place
    }

    private func hash(_ key: Key) -> UInt64 {
        let half = Self.fold(key.first ^ seeds.0, key.second ^ seeds.1)
        return Self.fold(half ^ key.third, key.fourth ^ seeds.2)
    }

    /// Both halves of the product.
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
