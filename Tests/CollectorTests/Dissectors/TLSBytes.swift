// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Writes records and handshake messages of TLS.
enum TLSBytes {
    static func record(_ type: UInt8, _ body: [UInt8], version: UInt16 = 0x0303) -> [UInt8] {
        [type] + pair(version) + pair(UInt16(body.count)) + body
    }

    static func handshake(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0] + pair(UInt16(body.count)) + body
    }

    /// A record of encrypted content, as long as asked for.
    static func sealed(_ length: Int, type: UInt8 = 23) -> [UInt8] {
        record(type, [UInt8](repeating: 0xA5, count: length))
    }

    static let changeCipherSpec = record(20, [1])
    /// The encrypted Finished of TLS 1.2, and of 1.3 with SHA-256.
    static let finished12 = sealed(40, type: 22)
    static let finished13 = sealed(53)

    static func alert(_ description: UInt8, level: UInt8 = 2) -> [UInt8] { record(21, [level, description]) }

    static func clientHello(
        _ name: String? = "shop.example",
        protocols: [String] = ["h2"],
        others: [(UInt16, [UInt8])] = []
    ) -> [UInt8] {
        var extensions = others
        if let name {
            let text = Array(name.utf8)
            extensions.append((0, pair(UInt16(text.count + 3)) + [0] + pair(UInt16(text.count)) + text))
        }
        if !protocols.isEmpty { extensions.append((16, nextProtocols(protocols))) }
        let session = [32] + [UInt8](repeating: 9, count: 32)
        return handshake(1, random(0x11) + session + [0, 4, 0x13, 1, 0xC0, 0x2F, 1, 0] + list(extensions))
    }

    static func serverHello(
        suite: UInt16,
        version: UInt16 = 0x0303,
        isRetryRequest: Bool = false,
        others: [(UInt16, [UInt8])] = []
    ) -> [UInt8] {
        var start = pair(version) + random(0x22).dropFirst(2)
        if isRetryRequest { start = [3, 3] + retryRandom }
        return handshake(2, start + [0] + pair(suite) + [0] + list(others))
    }

    static func nextProtocols(_ names: [String]) -> [UInt8] {
        let entries = names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return pair(UInt16(entries.count)) + entries
    }

    private static func random(_ byte: UInt8) -> [UInt8] { [3, 3] + [UInt8](repeating: byte, count: 32) }

    private static func list(_ extensions: [(UInt16, [UInt8])]) -> [UInt8] {
        let bytes = extensions.flatMap { pair($0.0) + pair(UInt16($0.1.count)) + $0.1 }
        return pair(UInt16(bytes.count)) + bytes
    }

    private static func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    /// RFC 8446 section 4.1.3.
    private static let retryRandom: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]
}
