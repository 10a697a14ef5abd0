// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Crypto

/// A version of QUIC whose Initial packets can be read.
enum QUICVersion: UInt32 {
    /// RFC 9000.
    case v1 = 0x0000_0001
    /// RFC 9369.
    case v2 = 0x6B33_43CF

    /// RFC 9001 section 5.2, RFC 9369 section 3.3.1.
    fileprivate var salt: [UInt8] {
        switch self {
        case .v1:
            [
                0x38, 0x76, 0x2C, 0xF7, 0xF5, 0x59, 0x34, 0xB3, 0x4D, 0x17, 0x9A, 0xE6, 0xA4, 0xC8, 0x0C,
                0xAD, 0xCC, 0xBB, 0x7F, 0x0A,
            ]
        case .v2:
            [
                0x0D, 0xED, 0xE3, 0xDE, 0xF7, 0x00, 0xA6, 0xDB, 0x81, 0x93, 0x81, 0xBE, 0x6E, 0x26, 0x9D,
                0xCB, 0xF9, 0xBD, 0x2E, 0xD9,
            ]
        }
    }

    /// What labels of packet protection begin with (RFC 9369 section 3.3.2).
    fileprivate var label: String {
        switch self {
        case .v1: "quic"
        case .v2: "quicv2"
        }
    }
}

/// What protects the Initial packets of one side: known to everyone who saw the first one
/// (RFC 9001 section 5.2).
struct QUICInitialKeys {
    let key: SymmetricKey
    let vector: [UInt8]
    /// Hides packet numbers.
    let headerProtection: [UInt8]

    /// - Parameters:
    ///   - connectionID: Which the client chose for the server in its first packet, or the server in
    ///     its Retry packet.
    ///   - version: Of the packets.
    ///   - isClient: For packets of the client.
    init(connectionID: [UInt8], version: QUICVersion, isClient: Bool) {
        let common = HKDF<SHA256>.extract(
            inputKeyMaterial: SymmetricKey(data: connectionID),
            salt: version.salt
        )
        let side = HKDF<SHA256>.expand(
            pseudoRandomKey: common,
            info: Self.info(isClient ? "client in" : "server in", count: 32),
            outputByteCount: 32
        )
        func derive(_ name: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.expand(
                pseudoRandomKey: side,
                info: Self.info("\(version.label) \(name)", count: count),
                outputByteCount: count
            )
        }
        key = derive("key", 16)
        vector = Self.octets(derive("iv", 12))
        headerProtection = Self.octets(derive("hp", 16))
    }

    /// The structure HkdfLabel without context (RFC 8446 section 7.1).
    private static func info(_ label: String, count: UInt16) -> [UInt8] {
        let name = Array("tls13 \(label)".utf8)
        return [UInt8(count >> 8), UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: name.count)]
            + name + [0]
    }

    private static func info(_ label: String, count: Int) -> [UInt8] {
        info(label, count: UInt16(truncatingIfNeeded: count))
    }

    private static func octets(_ key: SymmetricKey) -> [UInt8] {
        // Sound: the pointer is used only inside the closure.
        unsafe key.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}

extension QUICInitialKeys {
    /// Removes the protection of an Initial packet (RFC 9001 section 5).
    ///
    /// - Parameters:
    ///   - datagram: The datagram that it is in.
    ///   - header: Its header.
    /// - Returns: Its frames; `nil` if it is not authentic or protected by other keys.
    func open(_ datagram: RawSpan, _ header: QUICHeader) -> [UInt8]? {
        let sample = datagram.clamped(header.packetNumber + 4, header.packetNumber + 20)
        guard header.end <= datagram.byteCount, header.packetNumber + 20 <= header.end,
            let mask = AESBlock.encrypt(sample.octets, key: headerProtection)
        else { return nil }
        let first = datagram.octet(at: header.start) ^ mask[0] & 0x0F
        let numberLength = Int(first & 3) + 1
        var authenticated = datagram.clamped(header.start, header.packetNumber + numberLength).octets
        authenticated[0] = first
        var nonce = vector
        // Few Initial packets are sent, so their numbers are whole.
        for place in 1...numberLength {
            authenticated[authenticated.count - numberLength + place - 1] ^= mask[place]
            nonce[nonce.count - numberLength + place - 1] ^=
                authenticated[authenticated.count - numberLength + place - 1]
        }
        let tag = header.end - 16
        let payload = datagram.clamped(header.packetNumber + numberLength, tag)
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce),
                ciphertext: payload.octets,
                tag: datagram.clamped(tag, header.end).octets
            )
            return [UInt8](try AES.GCM.open(box, using: key, authenticating: authenticated))
        } catch {
            // Which of the checks failed does not matter: it is not such a packet.
            return nil
        }
    }
}
