// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Reads what `BitWriter` wrote.
struct BitReader {
    /// The bytes eight by eight, and zeros behind them, so that no look ahead leaves them.
    private let words: [UInt64]
    private let limit: Int
    private var position = 0
    /// Where the bytes lie in the block, for errors.
    private let offset: Int

    /// Takes everything that is left of a section.
    init(_ cursor: inout ByteCursor) {
        offset = cursor.position
        limit = cursor.remaining * 8
        words = cursor.words()
    }

    /// Reads a number of 0 to 64 bits.
    mutating func bits(_ count: Int) throws(BlockError) -> UInt64 {
        guard count > 0 else { return 0 }
        guard count <= limit - position else { throw .truncated(offset: offset + limit / 8) }
        let value = ahead
        position += count
        return count == 64 ? value : value & (1 &<< UInt64(truncatingIfNeeded: count) &- 1)
    }

    /// Reads a number in Rice code.
    mutating func rice(_ parameter: Int) throws(BlockError) -> UInt64 {
        let run = ahead.trailingZeroBitCount
        guard run < Int(BitWriter.longestRun) else {
            _ = try bits(Int(BitWriter.longestRun))
            return try bits(64)
        }
        _ = try bits(run + 1)
        return UInt64(run) &<< UInt64(truncatingIfNeeded: parameter) | (try bits(parameter))
    }

    /// Reads zeros and the one behind them: how many there are, at most 63.
    mutating func zeros() throws(BlockError) -> Int {
        let run = ahead.trailingZeroBitCount
        guard run < 64 else { throw .malformed(offset: offset + position / 8) }
        _ = try bits(run + 1)
        return run
    }

    /// Requires that all was read but what fills the last byte, which is 0.
    func finish() throws(BlockError) {
        guard limit - position < 8, ahead == 0 else { throw .malformed(offset: offset + position / 8) }
    }

    /// The next 64 bits, zeros behind the last one.
    private var ahead: UInt64 {
        let index = position &>> 6
        let shift = UInt64(truncatingIfNeeded: position & 63)
        let low = words[index] &>> shift
        return shift == 0 ? low : low | words[index + 1] &<< (64 &- shift)
    }
}
