// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension HTTPStream {
    /// What became of bytes that are known to be missing.
    enum SkipResult {
        /// They were inside a body.
        case insideBody
        /// The body ended with them.
        case endOfMessage
        /// It is unknown what they were.
        case lostSync
    }

    /// Passes over bytes that were not captured.
    mutating func skip(_ count: Int) -> SkipResult {
        let missing = UInt64(max(count, 0))
        call?.lose()
        switch phase {
        case .fixedBody(let remaining) where missing < remaining:
            phase = .fixedBody(remaining: remaining - missing)
            bodyBytes += missing
            return .insideBody
        case .fixedBody(let remaining) where missing == remaining:
            beginHead(at: 0)
            return .endOfMessage
        case .chunkData(let remaining) where missing <= remaining:
            phase = missing == remaining ? .chunkEnd : .chunkData(remaining: remaining - missing)
            return .insideBody
        case .bodyUntilClose:
            bodyBytes += missing
            return .insideBody
        case .searching:
            skipped &+= missing
            return .lostSync
        default:
            return .lostSync
        }
    }

    /// Counts body bytes and reads the framing of chunks (RFC 9112 section 7.1).
    mutating func scanBody(_ bytes: RawSpan, from offset: Int) -> (Int, Event?) {
        switch phase {
        case .fixedBody(let remaining):
            let available = UInt64(bytes.byteCount - offset)
            call?.take(bytes.clamped(offset, offset + Int(min(available, remaining))))
            guard available >= remaining else {
                phase = .fixedBody(remaining: remaining - available)
                bodyBytes += available
                return (bytes.byteCount, nil)
            }
            let end = offset + Int(remaining)
            beginHead(at: end)
            return (end, .messageEnd)
        case .chunkData(let remaining):
            let available = UInt64(bytes.byteCount - offset)
            call?.take(bytes.clamped(offset, offset + Int(min(available, remaining))))
            guard available >= remaining else {
                phase = .chunkData(remaining: remaining - available)
                return (bytes.byteCount, nil)
            }
            phase = .chunkEnd
            lineLength = 0
            return (offset + Int(remaining), nil)
        case .chunkSize: return scanChunkSize(bytes, from: offset)
        case .chunkEnd: return scanChunkEnd(bytes, from: offset)
        default: return scanTrailers(bytes, from: offset)
        }
    }

    private mutating func scanChunkSize(_ bytes: RawSpan, from offset: Int) -> (Int, Event?) {
        var index = offset
        while index < bytes.byteCount {
            let byte = bytes.octet(at: index)
            index += 1
            lineLength += 1
            guard lineLength <= HTTPLimits.chunkLine else { return abort(at: index, .tooLong) }
            if byte == 0x0A {
                guard chunkDigits > 0 else { return abort(at: index, .lostSync) }
                phase = chunkSize == 0 ? .trailers : .chunkData(remaining: chunkSize)
                headLength = 0
                resetChunkLine()
                return (index, nil)
            }
            if inChunkExtension || byte == 0x0D { continue }
            if let digit = Self.hexadecimalDigit(byte) {
                guard chunkDigits < HTTPLimits.chunkSizeDigits else { return abort(at: index, .lostSync) }
                chunkSize = chunkSize << 4 | UInt64(digit)
                if chunkSize > 0 || chunkDigits == 0 { chunkDigits += 1 }
            } else if chunkDigits > 0, byte == 0x3B || byte == 0x20 || byte == 0x09 {
                inChunkExtension = true
            } else {
                return abort(at: index, .lostSync)
            }
        }
        return (index, nil)
    }

    private mutating func scanChunkEnd(_ bytes: RawSpan, from offset: Int) -> (Int, Event?) {
        var index = offset
        while index < bytes.byteCount {
            let byte = bytes.octet(at: index)
            index += 1
            if byte == 0x0A {
                phase = .chunkSize
                resetChunkLine()
                return (index, nil)
            }
            guard byte == 0x0D else { return abort(at: index, .lostSync) }
        }
        return (index, nil)
    }

    private mutating func scanTrailers(_ bytes: RawSpan, from offset: Int) -> (Int, Event?) {
        var index = offset
        while index < bytes.byteCount {
            let byte = bytes.octet(at: index)
            index += 1
            headLength += 1
            guard headLength <= HTTPLimits.trailers else { return abort(at: index, .tooLong) }
            if byte == 0x0A {
                if lineLength == 0 || (lineLength == 1 && lineEndsInCR) {
                    beginHead(at: index)
                    return (index, .messageEnd)
                }
                lineLength = 0
                lineEndsInCR = false
            } else {
                lineLength += 1
                lineEndsInCR = byte == 0x0D
            }
        }
        return (index, nil)
    }

    private mutating func resetChunkLine() {
        lineLength = 0
        lineEndsInCR = false
        chunkSize = 0
        chunkDigits = 0
        inChunkExtension = false
    }

    private mutating func abort(at index: Int, _ event: Event) -> (Int, Event?) {
        search()
        return (index, event)
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
