// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The static Huffman code of HPACK (RFC 7541 section 5.2 and appendix B).
///
/// The code is canonical: codes of one length follow each other in the order of their symbols, so
/// the lengths alone define it.
enum HPACKHuffman {
    /// Appends the text of a coded string.
    ///
    /// - Parameters:
    ///   - bytes: The coded string.
    ///   - text: Receives at most `HTTP2Limits.value` bytes.
    /// - Returns: How many bytes the text has; `nil` where the code is wrong.
    static func decode(_ bytes: RawSpan, into text: inout [UInt8]) -> Int? {
        let tables = tables
        var bits: UInt64 = 0
        var available = 0
        var count = 0
        var offset = 0
        while true {
            while available < shortest || available < longest && offset < bytes.byteCount {
                guard offset < bytes.byteCount else { break }
                bits = bits << 8 | UInt64(bytes.octet(at: offset))
                available &+= 8
                offset &+= 1
            }
            guard available > 0 else { return count }
            guard let (symbol, length) = tables.symbol(bits, available) else {
                // What is left is padding: the beginning of the longest code, all ones.
                let padding = UInt64(1) << UInt64(available) &- 1
                return available < 8 && bits & padding == padding ? count : nil
            }
            guard symbol < 256 else { return nil }
            available &-= length
            if count < HTTP2Limits.value { text.append(UInt8(truncatingIfNeeded: symbol)) }
            count &+= 1
        }
    }

    private static let shortest = 5
    private static let longest = 30

    private struct Tables {
        /// By the next eight bits: symbol and length of a code that is no longer; 0 else.
        var short = [UInt16](repeating: 0, count: 256)
        /// By length: the first code, how many there are, and where their symbols begin.
        var first = [UInt32](repeating: 0, count: 31)
        var counts = [UInt32](repeating: 0, count: 31)
        var positions = [Int](repeating: 0, count: 31)
        var symbols: [UInt16] = []

        init() {
            var code: UInt32 = 0
            for length in HPACKHuffman.shortest...HPACKHuffman.longest {
                code <<= 1
                first[length] = code
                positions[length] = symbols.count
                for (symbol, own) in HPACKHuffman.lengths.enumerated() where Int(own) == length {
                    if length <= 8 {
                        let start = Int(code) << (8 - length)
                        for next in start..<start + 1 << (8 - length) {
                            short[next] = UInt16(symbol) << 4 | UInt16(length)
                        }
                    }
                    symbols.append(UInt16(symbol))
                    counts[length] += 1
                    code += 1
                }
            }
        }

        /// The symbol that the last `available` bits of a word begin with.
        func symbol(_ bits: UInt64, _ available: Int) -> (symbol: UInt16, length: Int)? {
            let next = available >= 8 ? bits >> UInt64(available &- 8) : bits << UInt64(8 &- available)
            let entry = short[Int(next & 0xFF)]
            if entry != 0 {
                let length = Int(entry & 15)
                return length <= available ? (entry >> 4, length) : nil
            }
            var length = 9
            while length <= min(available, HPACKHuffman.longest) {
                let mask = UInt64(1) << UInt64(length) &- 1
                let code = UInt32(truncatingIfNeeded: bits >> UInt64(available &- length) & mask)
                let index = code &- first[length]
                if code >= first[length], index < counts[length] {
                    return (symbols[positions[length] &+ Int(index)], length)
                }
                length &+= 1
            }
            return nil
        }
    }

    private static let tables = Tables()

    /// Bits of each symbol's code; the last is the end of a string, which never occurs in one.
    private static let lengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
        7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
        23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
        21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ]
}
