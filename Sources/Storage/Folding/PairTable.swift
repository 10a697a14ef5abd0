// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Numbers the pairs of an owner and a name from 0, in the order they first come.
///
/// Open addressing: both are small numbers of ours, and a lookup is a multiplication and a
/// comparison or two.
struct PairTable: ~Copyable, Sendable {
    /// Position plus 1 by hash; 0 is free.
    private var index: Words
    private var owners: Words
    private var names: Words
    private(set) var count = 0

    /// - Parameter room: Pairs to make room for.
    init(room: Int = 0) {
        var places = 64
        while places < 2 * room { places *= 2 }
        index = Words(places)
        owners = Words(room: room)
        names = Words(room: room)
    }

    var bytes: Int { index.bytes + owners.bytes + names.bytes }

    func owner(_ position: Int) -> Int { Int(truncatingIfNeeded: owners[position]) }

    func name(_ position: Int) -> UInt64 { names[position] }

    /// The position of a pair.
    ///
    /// - Returns: The position, and whether it is a new one.
    mutating func find(_ owner: Int, _ name: UInt64) -> (position: Int, isNew: Bool) {
        let word = UInt64(truncatingIfNeeded: owner)
        var place = place(of: word, name)
        while index[place] > 0 {
            let position = Int(truncatingIfNeeded: index[place]) &- 1
            if owners[position] == word, names[position] == name { return (position, false) }
            place = (place &+ 1) & (index.count &- 1)
        }
        owners.grow(by: 1)
        names.grow(by: 1)
        owners[count] = word
        names[count] = name
        count &+= 1
        index[place] = UInt64(count)
        if count &* 2 > index.count { rehash() }
        return (count &- 1, true)
    }

    /// Ends finding: the table of hashes is given up.
    mutating func finish() { index = Words() }

    /// For each of so many owners the positions of its pairs, in order.
    func positions(owners number: Int) -> OwnedPositions {
        var starts = [Int](repeating: 0, count: number + 1)
        for position in 0..<count { starts[owner(position) + 1] += 1 }
        for owner in 0..<number { starts[owner + 1] += starts[owner] }
        var ends = starts
        var positions = [Int](repeating: 0, count: count)
        for position in 0..<count {
            positions[ends[owner(position)]] = position
            ends[owner(position)] += 1
        }
        return OwnedPositions(starts: starts, positions: positions)
    }

    private func place(of owner: UInt64, _ name: UInt64) -> Int {
        var hash = (owner &* 0x9E37_79B9_7F4A_7C15) ^ (name &* 0xC2B2_AE3D_27D4_EB4F)
        hash ^= hash &>> 29
        hash = hash &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: hash &>> 32) & (index.count &- 1)
    }

    private mutating func rehash() {
        index = Words(index.count * 2)
        for position in 0..<count {
            var place = place(of: owners[position], names[position])
            while index[place] > 0 { place = (place &+ 1) & (index.count &- 1) }
            index[place] = UInt64(position + 1)
        }
    }
}

/// Positions by owner.
struct OwnedPositions: Sendable {
    fileprivate let starts: [Int]
    fileprivate let positions: [Int]

    subscript(owner: Int) -> ArraySlice<Int> { positions[starts[owner]..<starts[owner + 1]] }
}
