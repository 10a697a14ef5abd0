// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Decodes the header sections of one direction (RFC 7541), as far as the dissector needs them.
struct HPACKDecoder {
    private enum Stop: Error {
        /// The section goes on where nothing was captured.
        case cut
        case malformed
    }

    /// The largest number believed: lengths and indices are far below.
    private static let largestInteger = 1 << 28

    private(set) var table = HPACKTable(isPartial: true)
    private var scratch: [UInt8] = []
    /// Fields whose values are told.
    private let headers: SampledHeaders?

    init(headers: SampledHeaders? = nil) { self.headers = headers }

    /// The direction was seen from its first byte.
    mutating func start() { table = HPACKTable(isPartial: false) }

    /// Header sections were lost.
    mutating func forget() { table.forget() }

    /// Reads a header section.
    ///
    /// - Parameters:
    ///   - block: Its bytes.
    ///   - isWhole: All of them were captured.
    ///   - head: Receives what it says.
    /// - Returns: `false` where it is malformed.
    mutating func decode(_ block: RawSpan, isWhole: Bool, into head: inout HTTP2Head) -> Bool {
        var offset = 0
        var fields = 0
        do {
            while offset < block.byteCount {
                fields &+= 1
                guard fields <= HTTP2Limits.fields else { return false }
                try readField(block, &offset, &head)
            }
        } catch .malformed {
            return false
        } catch {
            if isWhole { return false }
        }
        guard isWhole else {
            head.noteCut()
            table.forget()
            return true
        }
        return true
    }

    private mutating func readField(
        _ block: RawSpan,
        _ offset: inout Int,
        _ head: inout HTTP2Head
    ) throws(Stop) {
        let first = block.octet(at: offset)
        if first & 0x80 != 0 {
            try indexed(Self.integer(block, &offset, prefix: 7), &head)
        } else if first & 0xC0 == 0x40 {
            try literal(block, &offset, prefix: 6, isInserted: true, &head)
        } else if first & 0xE0 == 0x20 {
            table.setMaximum(try Self.integer(block, &offset, prefix: 5))
        } else {
            try literal(block, &offset, prefix: 4, isInserted: false, &head)
        }
    }

    private func indexed(_ index: Int, _ head: inout HTTP2Head) throws(Stop) {
        guard index > 0 else { throw .malformed }
        if index <= HPACKStaticTable.count {
            let name = HPACKStaticTable.name(index)
            head.take(name, note: HPACKStaticTable.status(index), constant: HPACKStaticTable.text(index))
            if let headers {
                sample(headers.place(ofStatic: index), constant: HPACKStaticTable.text(index), &head)
            }
        } else if let entry = table.entry(index) {
            head.take(entry.name, note: entry.note, table.text(entry))
            sample(entry.sampled, table.text(entry), entry.valueLength, &head)
        } else {
            guard table.isPartial else { throw .malformed }
            head.take(.unknown, note: 0, RawSpan())
        }
    }

    private mutating func literal(
        _ block: RawSpan,
        _ offset: inout Int,
        prefix: Int,
        isInserted: Bool,
        _ head: inout HTTP2Head
    ) throws(Stop) {
        let index = try Self.integer(block, &offset, prefix: prefix)
        var name = HTTP2FieldName.unknown
        var nameLength = 0
        var sampled: Int8 = -1
        if index == 0 {
            (name, nameLength, sampled) = try readName(block, &offset)
        } else if index <= HPACKStaticTable.count {
            name = HPACKStaticTable.name(index)
            nameLength = HPACKStaticTable.nameLength(index)
            if let headers { sampled = headers.place(ofStatic: index) }
        } else if let entry = table.entry(index) {
            name = entry.name
            nameLength = entry.nameLength
            sampled = entry.sampled
        } else if !table.isPartial {
            throw .malformed
        }
        let (range, isCoded) = try Self.string(block, &offset)
        guard isInserted || sampled >= 0 || name != .other && name != .unknown else {
            return head.take(name, note: 0, RawSpan())
        }
        var valueLength = range.count
        if isCoded {
            scratch.removeAll(keepingCapacity: true)
            guard let length = HPACKHuffman.decode(block.clamped(range), into: &scratch) else {
                throw .malformed
            }
            valueLength = length
            take(name, sampled, scratch, nameLength, valueLength, isInserted: isInserted, &head)
        } else {
            let end = min(range.upperBound, range.lowerBound &+ HTTP2Limits.value)
            let value = block.clamped(range.lowerBound, end)
            take(name, sampled, value, nameLength, valueLength, isInserted: isInserted, &head)
        }
    }

    private mutating func take(
        _ name: HTTP2FieldName,
        _ sampled: Int8,
        _ value: [UInt8],
        _ nameLength: Int,
        _ valueLength: Int,
        isInserted: Bool,
        _ head: inout HTTP2Head
    ) {
        take(name, sampled, value.octetSpan, nameLength, valueLength, isInserted: isInserted, &head)
    }

    private mutating func take(
        _ name: HTTP2FieldName,
        _ sampled: Int8,
        _ value: RawSpan,
        _ nameLength: Int,
        _ valueLength: Int,
        isInserted: Bool,
        _ head: inout HTTP2Head
    ) {
        let note = name.note(value)
        head.take(name, note: note, value)
        sample(sampled, value, valueLength, &head)
        guard isInserted else { return }
        table.insert(
            name,
            note: note,
            sampled: sampled,
            text: name.keepsText || sampled >= 0 ? value : RawSpan(),
            nameLength: nameLength,
            valueLength: valueLength
        )
    }

    /// Tells the value of a field that was asked for; any other has no place.
    private func sample(_ place: Int8, _ value: RawSpan, _ valueLength: Int, _ head: inout HTTP2Head) {
        guard place >= 0, let headers else { return }
        head.sampled?.add(headers.names[Int(place)], value, isWhole: value.byteCount == valueLength)
    }

    private func sample(_ place: Int8, constant: StaticString, _ head: inout HTTP2Head) {
        guard place >= 0 else { return }
        let value = Array(constant.description.utf8)
        sample(place, value.octetSpan, value.count, &head)
    }

    private mutating func readName(
        _ block: RawSpan,
        _ offset: inout Int
    ) throws(Stop) -> (HTTP2FieldName, Int, sampled: Int8) {
        let (range, isCoded) = try Self.string(block, &offset)
        guard isCoded else { return named(block.clamped(range), range.count) }
        scratch.removeAll(keepingCapacity: true)
        guard let length = HPACKHuffman.decode(block.clamped(range), into: &scratch) else {
            throw .malformed
        }
        return named(scratch.octetSpan, length)
    }

    private func named(_ name: RawSpan, _ length: Int) -> (HTTP2FieldName, Int, sampled: Int8) {
        var sampled: Int8 = -1
        if let headers, let place = headers.index(of: name, 0..<length) { sampled = Int8(place) }
        return (HTTP2FieldName(name), length, sampled)
    }

    /// A string's place in the section, and whether it is coded (RFC 7541 section 5.2).
    private static func string(
        _ block: RawSpan,
        _ offset: inout Int
    ) throws(Stop) -> (Range<Int>, isCoded: Bool) {
        guard offset < block.byteCount else { throw .cut }
        let isCoded = block.octet(at: offset) & 0x80 != 0
        let length = try integer(block, &offset, prefix: 7)
        let start = offset
        guard length <= block.byteCount &- start else { throw .cut }
        offset = start &+ length
        return (start..<offset, isCoded)
    }

    /// An integer with a prefix of so many bits (RFC 7541 section 5.1).
    private static func integer(
        _ block: RawSpan,
        _ offset: inout Int,
        prefix: Int
    ) throws(Stop) -> Int {
        guard offset < block.byteCount else { throw .cut }
        let mask = (1 << prefix) &- 1
        var value = Int(block.octet(at: offset)) & mask
        offset &+= 1
        guard value == mask else { return value }
        var shift = 0
        while true {
            guard offset < block.byteCount else { throw .cut }
            let byte = block.octet(at: offset)
            offset &+= 1
            value &+= Int(byte & 0x7F) << shift
            guard value <= largestInteger, shift <= 28 else { throw .malformed }
            if byte & 0x80 == 0 { return value }
            shift &+= 7
        }
    }
}
