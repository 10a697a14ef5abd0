// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Reads what `BitWriter` wrote.
struct BitReader {
    private let bytes: [UInt8]
    /// In bits from the start of `bytes`.
    private var position: Int
    private let limit: Int

    /// Bits that `ahead` has at least.
    private static let reach = 57

    /// Takes everything that is left of a section.
    init(_ cursor: inout ByteCursor) {
        position = cursor.position * 8
        let (bytes, end) = cursor.rest()
        self.bytes = bytes
        limit = end * 8
    }

    /// In bits from the start of the bytes that the section is of.
    var place: Int { position }

    /// Goes to a place that was told before; one that is not in the section is its end.
    mutating func go(to place: Int) { position = min(max(place, 0), limit) }

    /// Reads a number of 0 to 64 bits.
    @inline(__always)
    mutating func bits(_ count: Int) throws(BlockError) -> UInt64 {
        guard count <= Self.reach else { return try bits(long: count) }
        let value = ahead & (1 &<< UInt64(truncatingIfNeeded: count) &- 1)
        try step(count)
        return value
    }

    private mutating func bits(long count: Int) throws(BlockError) -> UInt64 {
        let low = try bits(32)
        return low | (try bits(count - 32)) &<< 32
    }

    /// Reads a number in Rice code.
    @inline(__always)
    mutating func rice(_ parameter: Int) throws(BlockError) -> UInt64 {
        let ahead = ahead
        let run = ahead.trailingZeroBitCount
        guard run < Int(BitWriter.longestRun) else {
            try step(Int(BitWriter.longestRun))
            return try bits(64)
        }
        guard run &+ 1 &+ parameter <= Self.reach else {
            try step(run + 1)
            return UInt64(run) &<< UInt64(truncatingIfNeeded: parameter) | (try bits(parameter))
        }
        try step(run &+ 1 &+ parameter)
        let low = ahead &>> UInt64(truncatingIfNeeded: run &+ 1)
        let mask = 1 &<< UInt64(truncatingIfNeeded: parameter) &- 1
        return UInt64(truncatingIfNeeded: run) &<< UInt64(truncatingIfNeeded: parameter) | low & mask
    }

    /// Reads a number in Rice code without a look at the end of the section: as many as one likes, each of which
    /// comes to something, before `check` tells whether they were there.
    @inline(__always)
    mutating func unchecked(rice parameter: Int) -> UInt64 {
        let ahead = ahead
        let run = ahead.trailingZeroBitCount
        let length = run &+ 1 &+ parameter
        guard run < Int(BitWriter.longestRun), length <= Self.reach else {
            // Nothing but an end that was passed makes this fail, and then `check` fails too.
            guard let value = try? rice(parameter) else {
                position = limit &+ 1
                return 0
            }
            return value
        }
        position &+= length
        let low = ahead &>> UInt64(truncatingIfNeeded: run &+ 1)
        let mask = 1 &<< UInt64(truncatingIfNeeded: parameter) &- 1
        return UInt64(truncatingIfNeeded: run) &<< UInt64(truncatingIfNeeded: parameter) | low & mask
    }

    /// Requires that all numbers read without a check were there.
    func check() throws(BlockError) {
        guard position <= limit else { throw .truncated(offset: limit / 8) }
    }

    /// Reads zeros and the one behind them: how many there are, at most 63.
    mutating func zeros() throws(BlockError) -> Int {
        var run = ahead.trailingZeroBitCount
        if run >= Self.reach {
            try step(32)
            run = ahead.trailingZeroBitCount
            guard run < 32 else { throw .malformed(offset: position / 8) }
            try step(run + 1)
            return run + 32
        }
        try step(run + 1)
        return run
    }

    /// Requires that all was read but what fills the last byte, which is 0.
    func finish() throws(BlockError) {
        let left = limit - position
        guard left < 8, ahead & (1 &<< UInt64(truncatingIfNeeded: left) &- 1) == 0 else {
            throw .malformed(offset: position / 8)
        }
    }

    @inline(__always)
    private mutating func step(_ count: Int) throws(BlockError) {
        // Less than nothing is left behind the end.
        guard count <= limit &- position else { throw .truncated(offset: limit / 8) }
        position &+= count
    }

    /// The next 57 bits or more.
    ///
    /// What lies behind the section is there too, but cannot be stepped over.
    private var ahead: UInt64 {
        @inline(__always) get {
            let first = position &>> 3
            let word = first &+ 8 <= bytes.count ? word(at: first) : lastWord(at: first)
            return word &>> UInt64(truncatingIfNeeded: position & 7)
        }
    }

    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        // Eight bytes are there, by the check of the only caller, and any bits are a number.
        let word = unsafe bytes.withUnsafeBytes {
            unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        return UInt64(littleEndian: word)
    }

    private func lastWord(at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in offset..<max(offset, bytes.count) {
            word |= UInt64(bytes[index]) &<< UInt64(truncatingIfNeeded: 8 &* (index &- offset))
        }
        return word
    }
}
