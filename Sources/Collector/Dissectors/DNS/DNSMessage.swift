// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a dissector needs of one DNS message (RFC 1035 section 4).
///
/// ```text
///  0                   1
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
/// +-------------------------------+
/// |              ID               |
/// |QR| Opcode |AA|TC|RD|RA|Z|AD|CD| RCODE |
/// |  QDCOUNT  ANCOUNT  NSCOUNT  ARCOUNT   |
/// +-------------------------------+
/// ```
struct DNSMessage {
    static let headerLength = 12

    /// Operation codes of messages that ask and are answered.
    enum Opcode {
        static let query: UInt8 = 0
        static let notify: UInt8 = 4
        static let update: UInt8 = 5
    }

    let id: UInt16
    let isResponse: Bool
    let opcode: UInt8
    /// With the upper bits of an OPT record (RFC 6891 section 6.1.3).
    private(set) var responseCode: UInt16
    let questionCount: Int
    let answerCount: Int
    /// The first question; empty where there is none.
    private(set) var name = DNSName()
    private(set) var type: UInt16 = 0
    private(set) var recordClass: UInt16 = 0
    /// Every record is sound, they fill the message, and the counts fit its kind.
    private(set) var isStrictlyValid = false
    /// Addresses that answer the question, aliases followed.
    private(set) var addresses: [IPAddress] = []

    /// Whether the first 12 bytes can be a header; cheap, before anything is kept.
    static func isPlausibleHeader(_ bytes: RawSpan, at offset: Int = 0) -> Bool {
        let flags = bytes.octetPair(at: offset + 2)
        let questions = bytes.octetPair(at: offset + 4)
        let opcode = UInt8(truncatingIfNeeded: flags >> 11 & 15)
        guard [Opcode.query, Opcode.notify, Opcode.update].contains(opcode), flags & 0x40 == 0,
            questions <= 1
        else { return false }
        if flags & 0x8000 != 0 { return true }
        // A query has a question, no response code, and is not recursive itself.
        return questions == 1 && flags & 0x0F == 0 && flags & 0x0480 == 0
            && (opcode != Opcode.query || bytes.octetPair(at: offset + 6) == 0)
            && bytes.octetPair(at: offset + 10) <= 4
    }

    /// Parses a message; `nil` where header or question are unsound.
    ///
    /// - Parameters:
    ///   - bytes: The message as far as it was captured.
    ///   - isWhole: Nothing of it is missing.
    init?(_ bytes: RawSpan, isWhole: Bool) {
        guard bytes.byteCount >= Self.headerLength, Self.isPlausibleHeader(bytes) else { return nil }
        let flags = bytes.octetPair(at: 2)
        id = bytes.octetPair(at: 0)
        isResponse = flags & 0x8000 != 0
        opcode = UInt8(truncatingIfNeeded: flags >> 11 & 15)
        responseCode = flags & 15
        questionCount = Int(bytes.octetPair(at: 4))
        answerCount = Int(bytes.octetPair(at: 6))
        var offset = Self.headerLength
        if questionCount == 1 {
            guard DNSName.read(bytes, at: &offset, into: &name), offset + 4 <= bytes.byteCount else {
                return nil
            }
            type = bytes.octetPair(at: offset)
            recordClass = bytes.octetPair(at: offset + 2)
            guard type != 0, [1, 3, 4, 254, 255].contains(recordClass) else { return nil }
            offset += 4
        }
        let rest = Int(bytes.octetPair(at: 8)) + Int(bytes.octetPair(at: 10))
        let isCut = flags & 0x0200 != 0
        let areSound = readRecords(bytes, from: offset, answers: answerCount, others: rest)
        isStrictlyValid =
            isWhole && (areSound || isCut) && (questionCount == 1 || isResponse)
            && (DNSRecordType.isKnown(type) || questionCount == 0)
    }

    /// Walks the records; `false` where they do not fill the message exactly.
    private mutating func readRecords(_ bytes: RawSpan, from start: Int, answers: Int, others: Int) -> Bool {
        guard answers + others <= DNSLimits.records else { return false }
        var offset = start
        var alias = name
        for index in 0..<answers + others {
            guard let isOwner = DNSName.compare(bytes, at: &offset, with: alias),
                offset + 10 <= bytes.byteCount
            else { return false }
            let type = bytes.octetPair(at: offset)
            let length = Int(bytes.octetPair(at: offset + 8))
            let data = offset + 10
            guard data + length <= bytes.byteCount else { return false }
            if index < answers, isResponse, isOwner {
                if type == DNSRecordType.cname {
                    var position = data
                    var target = DNSName()
                    if DNSName.read(bytes, at: &position, into: &target) { alias = target }
                } else if let address = Self.address(bytes, type: type, at: data, length: length),
                    addresses.count < DNSLimits.addresses
                {
                    addresses.append(address)
                }
            }
            if type == DNSRecordType.opt, isResponse {
                responseCode |= UInt16(bytes.octet(at: offset + 4)) << 4
            }
            offset = data + length
        }
        return offset == bytes.byteCount
    }

    /// The address of a record, unless it is one that can name nobody.
    private static func address(_ bytes: RawSpan, type: UInt16, at offset: Int, length: Int) -> IPAddress? {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<min(length, 16) {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(bytes.octet(at: offset + index))
        }
        let address: IPAddress
        switch (type, length) {
        case (DNSRecordType.a, 4): address = IPAddress(v4: UInt32(truncatingIfNeeded: low))
        case (DNSRecordType.aaaa, 16): address = IPAddress(high: high, low: low)
        default: return nil
        }
        return address.isLoopback || address.isUnspecified || address.isMulticast ? nil : address
    }
}
