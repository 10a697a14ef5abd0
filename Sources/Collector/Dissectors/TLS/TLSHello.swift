// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A list of extensions (RFC 8446 section 4.2), of which the end may be missing.
struct TLSExtensions: ~Escapable {
    private let bytes: RawSpan
    private var offset = 0
    private var seen = 0

    /// - Parameter bytes: From the length of the list on.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes.clamped(2, 2 + Int(bytes.octetPair(at: 0)))
    }

    /// The type and the place in `body` of the next one that is there in full.
    mutating func next() -> (type: UInt16, range: Range<Int>)? {
        guard seen < TLSLimits.extensions, offset + 4 <= bytes.byteCount else { return nil }
        let type = bytes.octetPair(at: offset)
        let start = offset + 4
        let end = start + Int(bytes.octetPair(at: offset + 2))
        guard end <= bytes.byteCount else { return nil }
        seen += 1
        offset = end
        return (type, start..<end)
    }

    /// The content of one.
    @_lifetime(copy self)
    func body(_ range: Range<Int>) -> RawSpan { bytes.clamped(range) }
}

/// What a ClientHello (RFC 8446 section 4.1.2) tells.
struct TLSClientHello {
    private(set) var serverName: String?
    /// The only application protocol that is offered; `nil` if there are several or none.
    private(set) var onlyProtocol: String?
    private(set) var offersEarlyData = false

    /// Reads the body of a ClientHello, of which the end may be missing.
    ///
    /// `nil` if it is none.
    init?(_ body: RawSpan) {
        guard body.octet(at: 0) == 3 else { return nil }
        // Version and random; then session, cipher suites and compression methods.
        var offset = 34
        offset += 1 + Int(body.octet(at: offset))
        offset += 2 + Int(body.octetPair(at: offset))
        offset += 1 + Int(body.octet(at: offset))
        var extensions = TLSExtensions(body.clamped(offset, body.byteCount))
        while let (type, range) = extensions.next() {
            let content = extensions.body(range)
            switch type {
            case 0: serverName = Self.serverName(content)
            case 16: onlyProtocol = TLSNextProtocol.only(content)
            case 42: offersEarlyData = true
            default: break
            }
        }
    }

    /// The host name of a list of names (RFC 6066 section 3).
    private static func serverName(_ list: RawSpan) -> String? {
        let end = min(2 + Int(list.octetPair(at: 0)), list.byteCount)
        var offset = 2
        while offset + 3 <= end {
            let start = offset + 3
            let next = start + Int(list.octetPair(at: offset + 1))
            guard next <= end else { return nil }
            if list.octet(at: offset) == 0 { return HTTPHost.name(list.clamped(start, next)) }
            offset = next
        }
        return nil
    }
}

/// What a ServerHello (RFC 8446 section 4.1.3) tells.
struct TLSServerHello {
    /// The server asks for another ClientHello, and the handshake goes on.
    let isRetryRequest: Bool
    let cipherSuite: UInt16
    private let legacyVersion: UInt16
    /// It takes up a session of before (TLS 1.3).
    private(set) var hasSharedKey = false
    private(set) var nextProtocol: String?

    /// Reads the body of a ServerHello, of which the end may be missing.
    ///
    /// `nil` if it is none, or if its cipher suite is missing.
    init?(_ body: RawSpan) {
        let suite = 35 + Int(body.octet(at: 34))
        guard body.octet(at: 0) == 3, body.byteCount >= suite + 2 else { return nil }
        legacyVersion = body.octetPair(at: 0)
        cipherSuite = body.octetPair(at: suite)
        isRetryRequest = body.clamped(2, 34).hasSameBytes(as: Self.retryRandom.octetSpan)
        var extensions = TLSExtensions(body.clamped(suite + 3, body.byteCount))
        while let (type, range) = extensions.next() {
            switch type {
            case 16: nextProtocol = TLSNextProtocol.only(extensions.body(range))
            case 41: hasSharedKey = true
            default: break
            }
        }
    }

    /// Its cipher suites are of TLS 1.3 alone (RFC 8446 section B.4), and stand where a capture cut
    /// short still has them.
    var isVersion13: Bool { cipherSuite >> 8 == 0x13 }
    var version: TLSVersion? { isVersion13 ? .tls13 : TLSVersion(rawValue: legacyVersion) }

    /// Bytes that encryption adds to a record of TLS 1.3: the type of its content and a tag.
    var overhead: Int { cipherSuite == 0x1305 ? 9 : 17 }
    /// Length of an encrypted record with the message Finished alone: a header and a hash.
    var finishedRecord: Int { 4 + (cipherSuite == 0x1302 ? 48 : 32) + overhead }
    /// Length of an encrypted record with an alert alone; nothing else is so short in a handshake.
    var alertRecord: Int { 2 + overhead }

    /// The random value that marks a HelloRetryRequest: SHA-256 of that word.
    private static let retryRandom: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]
}

/// Names of application protocols (ALPN, RFC 7301).
enum TLSNextProtocol {
    /// The name in a list of one; `nil` for longer lists and for what is no plain text.
    static func only(_ list: RawSpan) -> String? {
        let end = min(2 + Int(list.octetPair(at: 0)), list.byteCount)
        var found: Range<Int>?
        var offset = 2
        for _ in 0..<TLSLimits.nextProtocols where offset < end {
            let next = offset + 1 + Int(list.octet(at: offset))
            // Reserved names, which only keep servers tolerant (RFC 8701), are no offers.
            let isReserved = next == offset + 3 && list.octet(at: offset + 1) & 0x0F == 0x0A
            if !isReserved {
                guard found == nil else { return nil }
                found = offset + 1..<next
            }
            offset = next
        }
        guard let found, found.upperBound <= end, found.count <= TLSLimits.nextProtocol else { return nil }
        for place in found where !(0x21...0x7E).contains(list.octet(at: place)) { return nil }
        return list.clamped(found).text
    }
}
