// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A hash index from keys that live elsewhere to the numbers of their slots.
///
/// Open addressing with linear probing. Only 32 bits of each hash are kept, so the caller
/// compares the key in its slot. Grows by doubling; does not allocate otherwise.
struct SlotIndex: ~Copyable {
    // Not private: in a debug build the compiler ends with a fatal error over the metadata of a
    // private type in a generic one of another file (Swift 6.3).
    struct Cell: BitwiseCopyable {
        /// The low half of the hash: where the search for the slot began.
        var tag: UInt32
        /// The slot plus one; 0 where the cell is empty.
        var slotPlusOne: UInt32

        static let empty = Cell(tag: 0, slotPlusOne: 0)
    }

    private var cells: Slab<Cell>
    private var mask: Int
    private(set) var count = 0

    init(minimumCapacity: Int = 64) {
        var capacity = 64
        while capacity < minimumCapacity { capacity *= 2 }
        cells = Self.emptyCells(capacity)
        mask = capacity - 1
    }

    private static func emptyCells(_ capacity: Int) -> Slab<Cell> {
        var cells = Slab<Cell>(minimumCapacity: capacity)
        for _ in 0..<capacity { _ = cells.append(.empty) }
        return cells
    }

    /// Whether a search for a hash ends where it begins: no slot has it.
    ///
    /// Asked some time before the search, it brings the cell nearer meanwhile.
    @inline(__always)
    func isEmpty(at hash: UInt64) -> Bool {
        cells[Int(UInt32(truncatingIfNeeded: hash)) & mask].slotPlusOne == 0
    }

    /// The slot at which a search for a hash begins, if its key may have that hash; else -1.
    @inline(__always)
    func guess(_ hash: UInt64) -> Int {
        let cell = cells[Int(UInt32(truncatingIfNeeded: hash)) & mask]
        return cell.tag == UInt32(truncatingIfNeeded: hash) ? Int(cell.slotPlusOne) - 1 : -1
    }

    /// The slot whose key has this hash and matches, or `nil`.
    @inline(__always)
    func find(_ hash: UInt64, matches: (Int) -> Bool) -> Int? {
        let tag = UInt32(truncatingIfNeeded: hash)
        var position = Int(tag) & mask
        while true {
            let cell = cells[position]
            if cell.slotPlusOne == 0 { return nil }
            if cell.tag == tag {
                let slot = Int(cell.slotPlusOne) - 1
                if matches(slot) { return slot }
            }
            position = (position + 1) & mask
        }
    }

    /// Adds a slot whose key is not yet there.
    mutating func insert(_ hash: UInt64, slot: Int) {
        // Fuller, a search for what is not there would walk, and where a walk ends cannot be foretold.
        if (count + 1) * 2 > mask + 1 { grow() }
        place(Cell(tag: UInt32(truncatingIfNeeded: hash), slotPlusOne: UInt32(truncatingIfNeeded: slot + 1)))
        count += 1
    }

    /// Removes a slot; does nothing if it is not there.
    mutating func remove(_ hash: UInt64, slot: Int) {
        let tag = UInt32(truncatingIfNeeded: hash)
        let wanted = UInt32(truncatingIfNeeded: slot + 1)
        var position = Int(tag) & mask
        while cells[position].slotPlusOne != wanted {
            if cells[position].slotPlusOne == 0 { return }
            position = (position + 1) & mask
        }
        count -= 1
        closeGap(at: position)
    }

    /// Forgets all slots, and keeps the room.
    mutating func removeAll() {
        guard count > 0 else { return }
        cells.fill(.empty)
        count = 0
    }

    /// Moves later cells of the run back, so that no search stops early at the hole.
    private mutating func closeGap(at start: Int) {
        var gap = start
        var position = (start + 1) & mask
        while true {
            let cell = cells[position]
            if cell.slotPlusOne == 0 { break }
            let home = Int(cell.tag) & mask
            // A cell may move into the gap only if the gap is not before its home.
            if (position - home) & mask >= (position - gap) & mask {
                cells[gap] = cell
                gap = position
            }
            position = (position + 1) & mask
        }
        cells[gap] = .empty
    }

    private mutating func place(_ cell: Cell) {
        var position = Int(cell.tag) & mask
        while cells[position].slotPlusOne != 0 { position = (position + 1) & mask }
        cells[position] = cell
    }

    private mutating func grow() {
        let capacity = (mask + 1) * 2
        var old = Self.emptyCells(capacity)
        swap(&old, &cells)
        mask = capacity - 1
        for position in 0..<old.count where old[position].slotPlusOne != 0 { place(old[position]) }
    }
}
