// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A line of the server in the text protocol.
struct MemcachedReply: BitwiseCopyable {
    enum Kind: Equatable, BitwiseCopyable {
        /// The reply goes on: values, statistics.
        case part
        case last
        /// The answer to `mn`.
        case noOperation
        case error(Outcome, StaticString)

        static func == (left: Kind, right: Kind) -> Bool {
            switch (left, right) {
            case (.part, .part), (.last, .last), (.noOperation, .noOperation): true
            default: false
            }
        }
    }

    let kind: Kind
    /// Bytes of the value behind the line, without its line end.
    let valueLength: Int?

    /// Reads a line without its end.
    init?(_ line: RawSpan) {
        var offset = 0
        let word = MemcachedCommand.word(line, at: &offset)
        var value: Int?
        switch true {
        case word.equals("VALUE"):
            _ = MemcachedCommand.word(line, at: &offset)
            _ = MemcachedCommand.word(line, at: &offset)
            value = MemcachedCommand.number(MemcachedCommand.word(line, at: &offset))
            guard value != nil else { return nil }
            kind = .part
        case word.equals("VA"):
            value = MemcachedCommand.number(MemcachedCommand.word(line, at: &offset))
            guard value != nil else { return nil }
            kind = .last
        case word.equals("STAT"), word.equals("ITEM"): kind = .part
        case word.equals("MN"): kind = .noOperation
        case word.equals("ERROR"): kind = .error(.clientError, "ERROR")
        case word.equals("CLIENT_ERROR"): kind = .error(.clientError, "CLIENT_ERROR")
        case word.equals("SERVER_ERROR"): kind = .error(.serverError, "SERVER_ERROR")
        case word.equals("END"), word.equals("STORED"), word.equals("NOT_STORED"), word.equals("EXISTS"),
            word.equals("NOT_FOUND"), word.equals("DELETED"), word.equals("TOUCHED"), word.equals("OK"),
            word.equals("VERSION"), word.equals("RESET"), word.equals("HD"), word.equals("EN"),
            word.equals("NF"),
            word.equals("NS"), word.equals("EX"), word.equals("ME"):
            kind = .last
        default:
            // What incr and decr answer.
            guard MemcachedCommand.number(word) != nil, line.trimmed().byteCount == word.byteCount else {
                return nil
            }
            kind = .last
        }
        if let value, value > MemcachedLimits.value { return nil }
        valueLength = value
    }
}
