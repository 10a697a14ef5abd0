// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The text of a normalized statement while it is written.
///
/// Literals are `?`; lists of nothing else are folded: `(?, ?, ?)` is `(?)`, `(?), (?)` is `(?)`.
struct SQLText {
    private(set) var bytes: [UInt8] = []
    /// No blank before what comes next.
    private var isGlued = true
    /// What came last is a value, so that a sign after it is an operator.
    private var endsWithValue = false
    /// What came last is an operator that ends here in the statement.
    private var operatorEnd = -1
    /// Where a sign stands that belongs to the literal behind it, and whether it is glued.
    private var sign: (position: Int, isGlued: Bool)?

    var isFull: Bool { bytes.count > SQLLimits.operation }
    var count: Int { bytes.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        reset()
    }

    /// Goes back to an earlier end.
    mutating func cut(to count: Int) { bytes.removeLast(max(0, bytes.count - count)) }

    /// Ends with `...` where it is longer than it may be.
    mutating func finish() {
        guard isFull else { return }
        cut(to: SQLLimits.operation - 3)
        // Not inside a character.
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        bytes.append(contentsOf: [0x2E, 0x2E, 0x2E])
    }

    private mutating func reset() {
        isGlued = true
        endsWithValue = false
        operatorEnd = -1
        sign = nil
    }

    mutating func nextStatement() {
        bytes.append(contentsOf: [0x3B, 0x20])
        reset()
    }

    // MARK: - Tokens

    mutating func keyword(_ word: RawSpan) {
        blank()
        for offset in 0..<word.byteCount {
            let byte = word.octet(at: offset)
            bytes.append(byte &- 0x61 < 26 ? byte & 0xDF : byte)
        }
        ended(isValue: false)
    }

    mutating func constant(_ text: StaticString) {
        blank()
        // Sound: the pointer is used only inside the closure.
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        ended(isValue: true)
    }

    mutating func name(_ name: RawSpan) {
        blank()
        SQLName.append(name, to: &bytes)
        ended(isValue: true)
    }

    mutating func literal() {
        if let sign {
            cut(to: sign.position)
            isGlued = sign.isGlued
            if bytes.last == 0x20 { bytes.removeLast() }
        }
        if bytes.last == 0x2C, bytes.dropLast().last == 0x3F {
            bytes.removeLast()
        } else {
            blank()
            bytes.append(0x3F)
        }
        ended(isValue: true)
    }

    /// Writes punctuation, or one byte of an operator.
    ///
    /// - Parameters:
    ///   - byte: Which.
    ///   - token: Where it stands in the statement.
    ///   - isCall: It is a parenthesis behind the name of a function.
    mutating func symbol(_ byte: UInt8, _ token: SQLToken, isCall: Bool) {
        switch byte {
        case 0x28:
            if !isCall { blank() }
            bytes.append(byte)
            ended(isValue: false, isGlued: true)
        case 0x29:
            bytes.append(byte)
            foldRows()
            ended(isValue: true)
        case 0x2C:
            bytes.append(byte)
            ended(isValue: false)
        case 0x5D:
            bytes.append(byte)
            ended(isValue: true)
        case 0x2E, 0x3A, 0x5B:
            bytes.append(byte)
            ended(isValue: false, isGlued: true)
        case 0x40:
            blank()
            bytes.append(byte)
            ended(isValue: false, isGlued: true)
        default:
            let isSign = (byte == 0x2D || byte == 0x2B) && !endsWithValue
            let wasGlued = isGlued
            if operatorEnd != token.start { blank() }
            bytes.append(byte)
            ended(isValue: false)
            operatorEnd = token.end
            if isSign { sign = (bytes.count - 1, wasGlued) }
        }
    }

    private mutating func blank() {
        if !isGlued, bytes.last != 0x20 { bytes.append(0x20) }
    }

    private mutating func ended(isValue: Bool, isGlued: Bool = false) {
        self.isGlued = isGlued
        endsWithValue = isValue
        operatorEnd = -1
        sign = nil
    }

    /// `(?), (?)` becomes `(?)`.
    private mutating func foldRows() {
        let tail: [8 of UInt8] = [0x28, 0x3F, 0x29, 0x2C, 0x20, 0x28, 0x3F, 0x29]
        guard bytes.count >= 8 else { return }
        for index in 0..<8 where bytes[bytes.count - 8 + index] != tail[index] { return }
        bytes.removeLast(5)
    }
}
