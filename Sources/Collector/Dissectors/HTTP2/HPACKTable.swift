// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The fields one direction of a connection has agreed upon: the static table and the dynamic one
/// (RFC 7541 sections 2.3 and 4).
///
/// Of a dynamic entry only what the dissector needs is kept: which field it is, what its value
/// comes to, and the text of a few. Indices count from the newest, so a table that was not seen
/// from its beginning is right for what it has.
struct HPACKTable {
    struct Entry: BitwiseCopyable {
        var name: HTTP2FieldName
        var note: UInt16
        /// Its place among the fields that were asked for, or -1.
        var sampled: Int8
        var nameLength: Int
        /// Name, value and `overhead`.
        var size: Int
        /// Of its text, counted from the first byte ever kept.
        var textStart: Int
        var textLength: Int

        /// Of all of the value, of which less may be kept.
        var valueLength: Int { size &- nameLength &- HPACKTable.overhead }
    }

    private static let initialMaximum = 4_096
    /// What an entry counts besides its name and value (RFC 7541 section 4.1).
    private static let overhead = 32
    private static let compacted = 32

    private var entries: [Entry] = []
    private var head = 0
    private var texts: [UInt8] = []
    private var textBase = 0
    private var size = 0
    /// What the encoder keeps to; we may keep less.
    private var declared: Int
    /// Entries may be missing at its old end.
    private(set) var isPartial: Bool

    /// - Parameter isPartial: The connection had begun before it was seen.
    init(isPartial: Bool) {
        self.isPartial = isPartial
        declared = isPartial ? HTTP2Limits.headerTable : Self.initialMaximum
    }

    var count: Int { entries.count - head }

    /// A dynamic entry; 62 is the newest.
    func entry(_ index: Int) -> Entry? {
        let age = index &- HPACKStaticTable.count &- 1
        guard age >= 0, age < count else { return nil }
        return entries[entries.count &- 1 &- age]
    }

    /// The text of an entry.
    @_lifetime(borrow self)
    func text(_ entry: Entry) -> RawSpan {
        let start = entry.textStart &- textBase
        return texts.octetSpan.clamped(start, start &+ entry.textLength)
    }

    /// The encoder keeps to so many bytes from now on.
    mutating func setMaximum(_ maximum: Int) {
        declared = maximum
        if maximum > HTTP2Limits.headerTable { isPartial = true }
        evict(to: min(declared, HTTP2Limits.headerTable))
    }

    mutating func insert(
        _ name: HTTP2FieldName,
        note: UInt16,
        sampled: Int8,
        text: RawSpan,
        nameLength: Int,
        valueLength: Int
    ) {
        let own = nameLength &+ valueLength &+ Self.overhead
        guard own <= declared else {
            // One that does not fit empties the table (RFC 7541 section 4.4).
            return evict(to: 0)
        }
        evict(to: max(0, min(declared, HTTP2Limits.headerTable) &- own))
        let start = textBase &+ texts.count
        texts.append(copying: text)
        entries.append(
            Entry(
                name: name,
                note: note,
                sampled: sampled,
                nameLength: nameLength,
                size: own,
                textStart: start,
                textLength: text.byteCount
            )
        )
        size &+= own
    }

    /// Header sections were lost: what they added is not known.
    mutating func forget() {
        evict(to: 0)
        isPartial = true
        declared = HTTP2Limits.headerTable
    }

    private mutating func evict(to limit: Int) {
        while size > limit, head < entries.count {
            size &-= entries[head].size
            head &+= 1
        }
        if head == entries.count {
            size = 0
            head = 0
            entries.removeAll(keepingCapacity: true)
            textBase &+= texts.count
            texts.removeAll(keepingCapacity: true)
        } else if head >= Self.compacted, head &* 2 >= entries.count {
            // Moves the rest down now and then, so that this is constant on average.
            entries.removeFirst(head)
            head = 0
            let dropped = entries[0].textStart &- textBase
            texts.removeFirst(dropped)
            textBase &+= dropped
        }
    }
}
