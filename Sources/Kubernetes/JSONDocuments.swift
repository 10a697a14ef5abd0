// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Splits bytes into the JSON documents that stand in them one after the other, each perhaps
/// with a receive time in front.
///
/// ```text
/// {...} {...}                          what `kubectl get --watch -o json` prints
/// 1795341729.804470 TAB {...} LF       the same with the time each line was received
/// ```
///
/// Only brackets and strings are followed here; whether a document is valid is for the decoder.
struct JSONDocuments {
    /// One document and where it was found.
    struct Document: Equatable {
        let range: Range<Int>
        let receivedAt: Timestamp?
        let position: ObjectDumpError.Position
    }

    /// What stands at the next place of the dump.
    enum Item: Equatable {
        case document(Document)
        /// The bytes end inside a document.
        case truncated(ObjectDumpError.Position)
        /// Neither a document nor space.
        case foreign(ObjectDumpError.Position)
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The next document; `nil` at the end of the bytes.
    mutating func next() -> Item? {
        skipSpace()
        guard offset < bytes.count else { return nil }
        var start = offset
        var receivedAt: Timestamp?
        if let column = timeColumn() {
            receivedAt = column.instant
            start = column.end
        }
        let position = ObjectDumpError.Position(line: line, offset: offset)
        guard start < bytes.count else { return .truncated(position) }
        guard bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") else {
            return .foreign(position)
        }
        guard let end = endOfDocument(from: start) else { return .truncated(position) }
        offset = end
        return .document(Document(range: start..<end, receivedAt: receivedAt, position: position))
    }

    /// Goes on behind the line that `foreign` was found on.
    mutating func skipLine() {
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            default: return
            }
            offset += 1
        }
    }

    /// The offset behind the bracket that closes the one at `start`.
    private mutating func endOfDocument(from start: Int) -> Int? {
        var depth = 0
        var isInString = false
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "\\") where isInString: index += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "{") where !isInString, UInt8(ascii: "[") where !isInString: depth += 1
            case UInt8(ascii: "}") where !isInString, UInt8(ascii: "]") where !isInString:
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Seconds since 1970 with a fraction, or an RFC 3339 time, up to a tab.
    private func timeColumn() -> (instant: Timestamp, end: Int)? {
        let longest = 40
        guard let tab = bytes[offset...].prefix(longest).firstIndex(of: UInt8(ascii: "\t")) else {
            return nil
        }
        let text = String(decoding: bytes[offset..<tab], as: UTF8.self)
        guard let instant = Timestamp(rfc3339: text) ?? Self.epochSeconds(text) else { return nil }
        return (instant, tab + 1)
    }

    private static func epochSeconds(_ text: String) -> Timestamp? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let seconds = Int64(parts[0])
        else { return nil }
        guard parts.count == 2 else { return Timestamp(seconds: seconds) }
        let digits = parts[1].prefix(9)
        guard let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) else {
            return nil
        }
        return Timestamp(seconds: seconds, nanoseconds: fraction)
    }
}
