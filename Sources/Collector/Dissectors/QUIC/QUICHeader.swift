// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The header of one packet of a datagram (RFC 9000 section 17).
///
///     long    1 1 type ....  version  n DCID  n SCID  [n token]  length  packet number ...
///     short   0 1 ......     DCID     packet number ...
struct QUICHeader {
    enum Kind: Equatable {
        case initial
        case zeroRTT
        case handshake
        case retry
        case versionNegotiation
        /// Of a version that is not known: only its connection identifiers are.
        case foreign
        /// With one connection identifier, of a length that only its receiver knows.
        case short
    }

    let kind: Kind
    /// `nil` for packets of no version, and of other ones.
    let version: QUICVersion?
    /// Offsets in the datagram.
    let start: Int
    let destination: Range<Int>
    let source: Range<Int>
    let packetNumber: Int
    /// Where the packet ends; beyond the datagram if that was cut.
    let end: Int

    /// Reads the packet that begins at an offset of a datagram; `nil` if none can.
    ///
    /// - Parameters:
    ///   - bytes: The datagram.
    ///   - start: Where the packet begins.
    init?(_ bytes: RawSpan, at start: Int) {
        let first = bytes.octet(at: start)
        guard start < bytes.byteCount else { return nil }
        self.start = start
        guard first & 0x80 != 0 else {
            guard first & 0x40 != 0 else { return nil }
            (kind, version, packetNumber, end) = (.short, nil, start, bytes.byteCount)
            (destination, source) = (start + 1..<start + 1, start..<start)
            return
        }
        let destinationStart = start + 6
        let destinationEnd = destinationStart + Int(bytes.octet(at: start + 5))
        let sourceStart = destinationEnd + 1
        let sourceEnd = sourceStart + Int(bytes.octet(at: destinationEnd))
        guard sourceEnd <= bytes.byteCount, destinationEnd - destinationStart <= QUICLimits.connectionID,
            sourceEnd - sourceStart <= QUICLimits.connectionID
        else { return nil }
        destination = destinationStart..<destinationEnd
        source = sourceStart..<sourceEnd
        let number = UInt32(bytes.octetPair(at: start + 1)) << 16 | UInt32(bytes.octetPair(at: start + 3))
        version = QUICVersion(rawValue: number)
        guard let version else {
            kind = number == 0 ? .versionNegotiation : .foreign
            (packetNumber, end) = (sourceEnd, bytes.byteCount)
            return
        }
        guard first & 0x40 != 0 else { return nil }
        kind = Self.kind(first >> 4 & 3, version)
        guard kind != .retry else {
            (packetNumber, end) = (sourceEnd, bytes.byteCount)
            return
        }
        var offset = sourceEnd
        if kind == .initial {
            guard let token = bytes.variableInteger(at: &offset), token <= bytes.byteCount else { return nil }
            offset += token
        }
        // A packet number and what header protection needs of it are never shorter.
        guard let length = bytes.variableInteger(at: &offset), (20...0xFFFF).contains(length) else {
            return nil
        }
        packetNumber = offset
        end = offset + length
    }

    private static func kind(_ type: UInt8, _ version: QUICVersion) -> Kind {
        // Version 2 numbers them anew (RFC 9369 section 3.2).
        switch version == .v1 ? type : (type &+ 3) & 3 {
        case 0: .initial
        case 1: .zeroRTT
        case 2: .handshake
        default: .retry
        }
    }
}

extension RawSpan {
    /// A variable-length integer (RFC 9000 section 16).
    ///
    /// - Parameter offset: Where it is; moved behind it.
    /// - Returns: Its value; `nil` if it is cut.
    func variableInteger(at offset: inout Int) -> Int? {
        guard offset >= 0, offset < byteCount else { return nil }
        let first = octet(at: offset)
        let length = 1 << Int(first >> 6)
        guard offset + length <= byteCount else { return nil }
        var value = Int(first & 0x3F)
        for place in 1..<8 where place < length { value = value << 8 | Int(octet(at: offset + place)) }
        offset += length
        return value
    }
}
