// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension DecodeError {
    /// Demands a header's length of a datagram's payload.
    ///
    /// A header that was sent but not captured is truncated; one for which the datagram itself
    /// has no room is malformed.
    @inline(__always)
    static func require(_ needed: Int, _ layer: Layer, captured: Int, length: Int) throws(DecodeError) {
        guard captured < needed || length < needed else { return }
        if length < needed { throw .malformed(layer: layer, offset: max(0, length)) }
        throw .truncated(layer: layer, needed: needed, available: captured)
    }
}
