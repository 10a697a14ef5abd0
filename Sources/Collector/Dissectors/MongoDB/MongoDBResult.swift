// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// How a command ended, from the document that answers it.
struct MongoDBResult: BitwiseCopyable {
    private(set) var hasFailed = false
    private(set) var code: Int64?

    /// Reads the document whose elements begin at an offset.
    ///
    /// What is not there of a long one is no failure: those are short.
    init(_ bytes: RawSpan, at start: Int) {
        var offset = start
        for _ in 0..<MongoDBLimits.elements {
            guard let element = BSONElement(bytes, at: offset) else { return }
            offset = element.end
            if element.isNamed("ok", bytes) {
                if element.number(bytes) == 0 { hasFailed = true }
            } else if element.isNamed("code", bytes) {
                if code == nil { code = element.number(bytes) }
            } else if element.isNamed("$err", bytes) {
                hasFailed = true
            } else if element.kind == .array, element.isNamed("writeErrors", bytes) {
                // Some of the documents were not written: the first error stands for all.
                guard let first = BSONElement(bytes, at: element.content) else { continue }
                fail(bytes, at: first.content)
            } else if element.kind == .document, element.isNamed("writeConcernError", bytes) {
                fail(bytes, at: element.content)
            }
        }
    }

    private mutating func fail(_ bytes: RawSpan, at start: Int) {
        hasFailed = true
        var offset = start
        for _ in 0..<MongoDBLimits.elements {
            guard let element = BSONElement(bytes, at: offset) else { return }
            if element.isNamed("code", bytes) {
                code = element.number(bytes)
                return
            }
            offset = element.end
        }
    }
}
