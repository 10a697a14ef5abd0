// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The formats of capture files, each with the state of its reader.
enum CaptureFormat {
    case pcap(PcapReader)
    case pcapng(PcapngReader)

    /// Bytes by which a format is told; fewer are there only if the file ends.
    static let headerLength = PcapReader.headerLength

    /// Bytes before the first record; pcapng has nothing but blocks.
    var fileHeaderLength: Int {
        switch self {
        case .pcap: PcapReader.headerLength
        case .pcapng: 0
        }
    }

    /// Interfaces that were described so far.
    var interfaceCount: Int {
        switch self {
        case .pcap: 1
        case .pcapng(let reader): reader.interfaceCount
        }
    }

    /// The link type of all frames; `nil` where each may have its own.
    var linkType: UInt32? {
        switch self {
        case .pcap(let reader): reader.linkType
        case .pcapng: nil
        }
    }

    /// Tells the format by the first bytes.
    ///
    /// - Parameters:
    ///   - bytes: At least `headerLength` bytes, or the whole file.
    ///   - name: What a person calls the file.
    ///   - isCompressed: The bytes were decompressed from it.
    /// - Throws: `CaptureError` that says what the file is instead.
    init(_ bytes: RawSpan, name: String, isCompressed: Bool) throws(CaptureError) {
        guard bytes.byteCount > 0 else {
            throw CaptureError(
                .notACapture,
                isCompressed
                    ? "\(name): decompresses to nothing; make it again from a capture"
                    : "\(name): is empty; was the capture stopped before anything was written?"
            )
        }
        if let reader = PcapReader(bytes) {
            self = .pcap(reader)
            return
        }
        if PcapngReader.isSectionHeader(bytes) {
            self = .pcapng(PcapngReader())
            return
        }
        guard let magic = PcapReader.Magic(bytes) else {
            let (kind, remedy) = FileKind.describe(bytes)
            let content = isCompressed ? "its decompressed content" : "it"
            throw CaptureError(
                .notACapture,
                "\(name): is not a capture, \(content) looks like \(kind); \(remedy)"
            )
        }
        guard bytes.byteCount >= PcapReader.headerLength else {
            throw CaptureError(
                .notACapture,
                "\(name): ends at byte \(bytes.byteCount), inside its file header; copy or capture it again"
            )
        }
        let version = magic.order.load(UInt16.self, bytes, at: 4)
        throw CaptureError(
            .unsupported,
            "\(name): has pcap version \(version), and only 2 is known; convert it: `editcap -F pcap FILE NEW.pcap`"
        )
    }

    /// Hands over the frames that lie whole in some bytes, each with the offset of its own, until
    /// one is not taken.
    @inline(__always)
    mutating func deliver(
        _ bytes: RawSpan,
        at offset: UInt64,
        damage: inout SourceDamage,
        to body: (borrowing CapturedFrame, Int) -> Bool
    ) -> ReadStep {
        switch self {
        case .pcap(let reader):
            return reader.deliver(bytes, to: body)
        case .pcapng(var reader):
            // Emptied first, so that the reader is changed in place and not copied.
            self = .pcapng(PcapngReader())
            let step = reader.deliver(bytes, at: offset, damage: &damage, to: body)
            self = .pcapng(reader)
            return step
        }
    }

    /// Looks at the times of the next frames.
    func survey(_ bytes: RawSpan, _ survey: inout OrderSurvey) {
        switch self {
        case .pcap(let reader): reader.survey(bytes, &survey)
        case .pcapng(let reader): reader.survey(bytes, &survey)
        }
    }

    /// Looks for the next run of sound records, from damage on.
    func search(_ bytes: RawSpan, near start: Timestamp?, isLast: Bool) -> SearchStep {
        switch self {
        case .pcap(let reader): reader.search(bytes, near: start, isLast: isLast)
        case .pcapng(let reader): reader.search(bytes, isLast: isLast)
        }
    }

    /// Hands over the names of addresses that the file told since the last time.
    mutating func takeNames() -> [RecordedName] {
        guard case .pcapng(var reader) = self, !reader.names.isEmpty else { return [] }
        self = .pcapng(PcapngReader())
        defer { self = .pcapng(reader) }
        return reader.takeNames()
    }

    /// Whether unfinished bytes at the end look like a record that was cut short, rather than
    /// one that was overwritten.
    func isPlausibleCut(_ bytes: RawSpan) -> Bool {
        switch self {
        case .pcap(let reader): reader.isPlausible(bytes)
        case .pcapng: true
        }
    }
}
