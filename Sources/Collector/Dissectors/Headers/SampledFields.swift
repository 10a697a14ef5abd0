// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Gathers the fields of one request or response that were asked for.
struct SampledFields {
    private let side: HeaderField.Side
    private var fields: [HeaderField] = []
    /// Bytes that values may still have.
    private var room = HeaderLimits.message

    init(_ side: HeaderField.Side) { self.side = side }

    /// What was found; `nil` where it is nothing.
    var found: [HeaderField]? { fields.isEmpty ? nil : fields }

    /// Adds a field; its value is put behind that of an earlier one of the same name
    /// (RFC 9110 section 5.3).
    mutating func add(_ name: String, _ value: RawSpan, isWhole: Bool = true) {
        guard let index = fields.firstIndex(where: { $0.name == name }) else {
            let text = HeaderValue(value, isWhole: isWhole).text(limit: min(HeaderLimits.value, room))
            room -= min(room, text.utf8.count)
            return fields.append(HeaderField(side, name, text))
        }
        let length = fields[index].value.utf8.count + Self.separator.utf8.count
        let limit = min(HeaderLimits.value - length, room)
        guard limit > 0 else {
            // Not even read: a small section can refer to a long value many times.
            if fields[index].value.unicodeScalars.last != HeaderValue.cut {
                fields[index].value.unicodeScalars.append(HeaderValue.cut)
            }
            return
        }
        let text = Self.separator + HeaderValue(value, isWhole: isWhole).text(limit: limit)
        room -= min(room, text.utf8.count)
        fields[index].value += text
    }

    private static let separator = ", "
}

extension SampledHeaders {
    /// The fields of an HTTP/1 head that were asked for.
    ///
    /// - Parameters:
    ///   - side: Whose head it is.
    ///   - head: From its start line to its empty line.
    /// - Returns: `nil` where it has none of them.
    func fields(_ side: HeaderField.Side, ofHead head: RawSpan) -> [HeaderField]? {
        var found = SampledFields(side)
        var start = head.lineFeed(from: 0) &+ 1
        while start < head.byteCount {
            var end = head.lineFeed(from: start)
            // A line that begins with white space continues the one before (obs-fold).
            while head.octet(at: end &+ 1) == 0x20 || head.octet(at: end &+ 1) == 0x09 {
                end = head.lineFeed(from: end &+ 1)
            }
            var colon = start
            while colon < end, colon &- start <= HeaderLimits.nameLength, head.octet(at: colon) != 0x3A {
                colon &+= 1
            }
            if head.octet(at: colon) == 0x3A, let index = index(of: head, start..<colon) {
                found.add(names[index], head.clamped(head.trimmed(colon &+ 1, end)))
            }
            start = end &+ 1
        }
        return found.found
    }
}

extension HeaderField {
    /// Those of a request and of its response; `nil` where there are none.
    static func joined(_ request: [HeaderField]?, _ response: [HeaderField]?) -> [HeaderField]? {
        guard let request, let response else { return request ?? response }
        return request + response
    }
}
