// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTPStream {
    /// Takes a head that is there as a whole, as nearly all are; `nil` if it is not, or is none.
    ///
    /// What is refused here is left to `scanHead`, which knows why.
    mutating func wholeHead(
        _ bytes: RawSpan,
        from offset: Int,
        at time: Timestamp,
        _ cache: inout RequestCache
    ) -> HTTPHead? {
        switch phase {
        case .head: guard headLength == 0 else { return nil }
        case .searching:
            guard offset == 0, HTTPStartLine.isPlausibleFirstByte(bytes.octet(at: 0)) else { return nil }
            beginTentativeHead()
        default: return nil
        }
        guard let head = HTTPHead(bytes, from: offset, &cache),
            head.framing != .invalid, head.end &- offset <= HTTPLimits.head
        else { return nil }
        switch role {
        case .requests: guard head.isRequest else { return nil }
        case .responses: guard !head.isRequest else { return nil }
        }
        if isTentative, head.isRequest, !cache.line(head.lineSlot).isMethodKnown { return nil }
        lastByte = time
        beginMessage(at: offset, time)
        headLength = head.end &- offset
        headEnd = head.end
        skipped = 0
        isTentative = false
        return head
    }

    /// Looks for the end of a head byte by byte, each once, however it was cut.
    mutating func scanHead(
        _ bytes: RawSpan,
        from offset: Int,
        at time: Timestamp,
        _ cache: inout RequestCache
    ) -> (Int, Event?) {
        var index = offset
        while index < bytes.byteCount {
            if startLine != nil {
                index = passFieldBytes(bytes, from: index)
                guard index < bytes.byteCount else { break }
            }
            let byte = bytes.octet(at: index)
            index += 1
            headLength += 1
            if headLength == 1 { beginMessage(at: index - 1, time) }
            guard headLength <= HTTPLimits.head else {
                return (index, fail(.tooLong))
            }
            if byte == 0x0A {
                let isEmptyLine = lineLength == 0 || (lineLength == 1 && lineEndsInCR)
                if isEmptyLine, startLine != nil { return complete(bytes, upTo: index, &cache) }
                if isEmptyLine {
                    guard dropEmptyLine(upTo: index) else { return (index, fail(.lostSync)) }
                    continue
                }
                if startLine == nil, !readStartLine(bytes, upTo: index) {
                    return (index, fail(.lostSync))
                }
                lineLength = 0
                lineEndsInCR = false
            } else {
                if startLine == nil {
                    guard
                        byte == 0x0D && (sawSpace || lineLength == 0)
                            || HTTPStartLine.isPlausible(byte, at: lineLength, afterFirstSpace: sawSpace)
                    else { return (index, fail(.lostSync)) }
                    if byte == 0x20 { sawSpace = true }
                }
                lineLength += 1
                lineEndsInCR = byte == 0x0D
            }
        }
        partial.append(copying: bytes.clamped(headOffset, index))
        headOffset = index
        if let startLine, !announcedStartLine {
            announcedStartLine = true
            return (index, .startLine(startLine))
        }
        return (index, nil)
    }

    /// Passes over the bytes of a field before its line feed, as far as the head may be long.
    private mutating func passFieldBytes(_ bytes: RawSpan, from offset: Int) -> Int {
        let room = max(0, HTTPLimits.head - headLength)
        let end = min(bytes.lineFeed(from: offset), offset + room)
        guard end > offset else { return offset }
        lineEndsInCR = bytes.octet(at: end - 1) == 0x0D
        lineLength += end - offset
        headLength += end - offset
        return end
    }

    /// Applies a body of known or unknown length to the message whose head was just read.
    mutating func beginBody(_ phase: Phase) {
        self.phase = phase
        bodyBytes = 0
        lineLength = 0
        chunkSize = 0
        chunkDigits = 0
        inChunkExtension = false
    }

    private mutating func complete(
        _ bytes: RawSpan,
        upTo end: Int,
        _ cache: inout RequestCache
    ) -> (Int, Event?) {
        let head: HTTPHead?
        headEnd = end
        if partial.isEmpty {
            head = HTTPHead(bytes.clamped(headOffset, end), from: 0, &cache)
        } else {
            partial.append(copying: bytes.clamped(headOffset, end))
            head = HTTPHead(partial.octetSpan, from: 0, &cache)
        }
        skipped = 0
        isTentative = false
        guard let head, head.framing != .invalid else { return (end, fail(.lostSync)) }
        return (end, .head(head))
    }

    private mutating func readStartLine(_ bytes: RawSpan, upTo end: Int) -> Bool {
        let line: HTTPStartLine?
        if partial.isEmpty {
            line = Self.startLine(bytes.clamped(headOffset, end - 1), isTentative: isTentative)
        } else {
            partial.append(copying: bytes.clamped(headOffset, end))
            headOffset = end
            line = Self.startLine(
                partial.octetSpan.clamped(0, partial.count - 1),
                isTentative: isTentative
            )
        }
        guard let line else { return false }
        switch role {
        case .requests: if !line.isRequest { return false }
        case .responses: if line.isRequest { return false }
        }
        startLine = line
        return true
    }

    private static func startLine(_ bytes: RawSpan, isTentative: Bool) -> HTTPStartLine? {
        let line = HTTPStartLine(bytes)
        guard isTentative, case .request(let method, _)? = line else { return line }
        return OperationTemplate.isWellKnown(method: bytes.clamped(method)) ? line : nil
    }

    /// RFC 9112 section 2.2: an empty line before a start line is ignored.
    private mutating func dropEmptyLine(upTo end: Int) -> Bool {
        emptyLines += 1
        let seen = emptyLines
        guard seen <= HTTPLimits.emptyLines else { return false }
        beginHead(at: end)
        emptyLines = seen
        return true
    }

    private mutating func fail(_ event: Event) -> Event {
        search()
        return event
    }
}
