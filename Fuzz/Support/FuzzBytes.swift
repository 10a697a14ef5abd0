// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A fuzzer's bytes, read as the choices a harness asks for; past the end all choices are 0.
struct FuzzBytes: ~Escapable {
    private var rest: RawSpan

    /// Wraps what libFuzzer hands over.
    @_lifetime(immortal)
    init(_ start: UnsafeRawPointer?, count: Int) {
        guard let start = unsafe start, count > 0 else {
            rest = RawSpan()
            return
        }
        // Sound: libFuzzer keeps the bytes for the whole of the call, and no harness keeps the span.
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
        rest = unsafe _overrideLifetime(span, copying: ())
    }

    /// Reads what another reader has taken.
    @_lifetime(copy span)
    init(_ span: RawSpan) {
        rest = span
    }

    var isEmpty: Bool { rest.isEmpty }
    var count: Int { rest.byteCount }

    mutating func byte() -> UInt8 {
        guard !rest.isEmpty else { return 0 }
        let value = unsafe rest.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        rest = rest.extracting(droppingFirst: 1)
        return value
    }

    mutating func short() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    /// The next bytes: as many as asked for, or as there are.
    @_lifetime(copy self)
    mutating func take(_ wanted: Int) -> RawSpan {
        let count = min(max(0, wanted), rest.byteCount)
        let taken = rest.extracting(first: count)
        rest = rest.extracting(droppingFirst: count)
        return taken
    }

    /// All that is left.
    @_lifetime(copy self)
    mutating func takeAll() -> RawSpan { take(rest.byteCount) }
}
