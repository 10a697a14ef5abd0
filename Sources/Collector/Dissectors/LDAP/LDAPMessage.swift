// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The head of an LDAPMessage (RFC 4511 section 4.1.1), in BER.
///
/// ```text
/// 30 length   02 length messageID   tag length   content of the operation...
/// ```
struct LDAPMessage: BitwiseCopyable {
    let id: UInt32
    /// The tag of the operation.
    let tag: UInt8
    /// Where its content begins.
    let content: Int

    /// Reads as far as the operation's length; `nil` where it is none or not all there.
    init?(_ bytes: RawSpan) {
        var offset = 0
        guard bytes.octet(at: 0) == 0x30 else { return nil }
        offset = 1
        guard Self.length(bytes, at: &offset) != nil, bytes.octet(at: offset) == 0x02 else { return nil }
        offset += 1
        guard let count = Self.length(bytes, at: &offset), (1...4).contains(count) else { return nil }
        var value: UInt32 = 0
        for _ in 0..<count {
            value = value << 8 | UInt32(bytes.octet(at: offset))
            offset += 1
        }
        guard offset < bytes.byteCount else { return nil }
        id = value
        tag = bytes.octet(at: offset)
        offset += 1
        guard Self.length(bytes, at: &offset) != nil else { return nil }
        content = offset
    }

    /// A length in BER, definite and of at most four bytes; moves behind it.
    static func length(_ bytes: RawSpan, at offset: inout Int) -> Int? {
        guard offset < bytes.byteCount else { return nil }
        let first = bytes.octet(at: offset)
        offset += 1
        if first < 0x80 { return Int(first) }
        let count = Int(first & 0x7F)
        guard (1...4).contains(count), offset + count <= bytes.byteCount else { return nil }
        var value = 0
        for _ in 0..<count {
            value = value << 8 | Int(bytes.octet(at: offset))
            offset += 1
        }
        return value
    }

    /// The bytes of the whole message; `nil` where the first ones do not tell.
    static func totalLength(_ bytes: RawSpan) -> Int? {
        var offset = 1
        guard let length = length(bytes, at: &offset) else { return nil }
        return offset + length
    }
}

/// Tags of operations (RFC 4511 section 4.2 and on).
enum LDAPTag {
    static let bind: UInt8 = 0x60
    static let unbind: UInt8 = 0x42
    static let search: UInt8 = 0x63
    static let searchEntry: UInt8 = 0x64
    static let searchReference: UInt8 = 0x73
    static let abandon: UInt8 = 0x50
    static let extended: UInt8 = 0x77
    static let intermediate: UInt8 = 0x79

    static func request(_ tag: UInt8) -> String? {
        switch tag {
        case bind: "bind"
        case unbind: "unbind"
        case search: "search"
        case 0x66: "modify"
        case 0x68: "add"
        case 0x4A: "delete"
        case 0x6C: "modifyDN"
        case 0x6E: "compare"
        case abandon: "abandon"
        case extended: "extended"
        default: nil
        }
    }

    /// Responses that end with a result.
    static func isResult(_ tag: UInt8) -> Bool {
        switch tag {
        case 0x61, 0x65, 0x67, 0x69, 0x6B, 0x6D, 0x6F, 0x78: true
        default: false
        }
    }
}
