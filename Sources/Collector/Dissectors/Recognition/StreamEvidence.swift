// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What is known of a connection whose protocol is to be recognized.
struct StreamEvidence: ~Escapable {
    /// Bytes of the side that sent last, beginning where a message may begin.
    let bytes: RawSpan
    /// Bytes of the other side that are kept because they are undecided; often none.
    let peer: RawSpan
    /// `bytes` are the first of their direction; else they begin with any segment, and a probe
    /// must be stricter.
    let isFromStart: Bool
    /// A port of the connection is one of the protocol's.
    let isExpected: Bool

    @_lifetime(copy bytes, copy peer)
    init(bytes: RawSpan, peer: RawSpan, isFromStart: Bool, isExpected: Bool) {
        self.bytes = bytes
        self.peer = peer
        self.isFromStart = isFromStart
        self.isExpected = isExpected
    }
}
