// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Cuts the handshake messages of one direction (RFC 8446 section 4) out of its records.
///
/// They may span records, and records may hold several. Of ClientHello and ServerHello the body is
/// kept, of others only the type is told.
struct TLSMessageReader {
    static let clientHello: UInt8 = 1
    static let serverHello: UInt8 = 2

    private var header: UInt32 = 0
    private var headerCount = 0
    private var remaining = 0
    private var isInside = false
    /// Bytes inside the message were not captured; what is kept ends before them.
    private var isCut = false
    /// It is unknown where the next message begins, until a record does.
    private var isLost = false
    /// Of the message that ended last.
    private(set) var type: UInt8 = 0
    private(set) var body: [UInt8] = []

    /// A record ended; the next one may begin with a message.
    mutating func endRecord() {
        if isLost { self = Self() }
    }

    /// Takes bytes until a message ended or they are used up.
    ///
    /// - Parameters:
    ///   - bytes: A part of the body of a record.
    ///   - offset: Where to go on; moved behind what was used.
    /// - Returns: Whether a message ended.
    mutating func next(_ bytes: RawSpan, from offset: inout Int) -> Bool {
        guard !isLost else {
            offset = bytes.byteCount
            return false
        }
        if !isInside {
            while headerCount < 4 {
                guard offset < bytes.byteCount else { return false }
                header = header << 8 | UInt32(bytes.octet(at: offset))
                headerCount += 1
                offset += 1
            }
            type = UInt8(truncatingIfNeeded: header >> 24)
            remaining = Int(header & 0xFF_FFFF)
            (isInside, isCut, header, headerCount) = (true, false, 0, 0)
            body.removeAll(keepingCapacity: true)
        }
        let end = min(offset + remaining, bytes.byteCount)
        let isKept = type == Self.clientHello || type == Self.serverHello
        if isKept, !isCut {
            let room = TLSLimits.hello - body.count
            body.append(copying: bytes.clamped(offset, min(end, offset + room)))
        }
        remaining -= end - offset
        offset = end
        isInside = remaining > 0
        return !isInside
    }

    /// Passes over bytes of a record that were not captured.
    ///
    /// - Returns: Whether a message ended.
    mutating func skip(_ count: Int) -> Bool {
        guard isInside, count <= remaining else {
            isLost = true
            return false
        }
        isCut = true
        remaining -= count
        isInside = remaining > 0
        return !isInside
    }
}
