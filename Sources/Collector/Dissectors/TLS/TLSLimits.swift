// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the TLS dissector, and of the handshakes that QUIC carries.
enum TLSLimits {
    /// The header of a record (RFC 8446 section 5.1).
    static let header = 5
    /// The longest body of a record: 2^14 bytes and what TLS 1.2 lets encryption add
    /// (RFC 5246 section 6.2.3).
    static let record = 16_384 + 2_048
    /// Bytes kept of a ClientHello or ServerHello; of a longer one the beginning is read.
    ///
    /// Those with post-quantum key shares have 2,000.
    static let hello = 16_384
    /// The longest ClientHello by which a connection is recognized.
    static let believedHello = 65_536
    /// Extensions looked at in one hello; about 70 are registered.
    static let extensions = 128
    /// Application protocols looked at in one hello.
    static let nextProtocols = 16
    /// The longest name of an application protocol that is told: registered ones have up to 14
    /// bytes.
    static let nextProtocol = 32
}
