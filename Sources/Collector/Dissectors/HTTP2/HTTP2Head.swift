// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What a header section says; one is used again for all of a connection.
struct HTTP2Head {
    /// Method, path and authority, one behind the other.
    private var texts: [UInt8] = []
    private var methodRange: Range<Int>?
    private var pathRange: Range<Int>?
    private var authorityRange: Range<Int>?
    /// 0 where there is none.
    private(set) var status: UInt16 = 0
    private(set) var content: HTTPContent?
    /// `nil` where there is none.
    private(set) var grpcStatus: UInt16?
    /// It has a field that only gRPC has.
    private(set) var hasGRPCField = false
    private(set) var hasScheme = false
    /// `:protocol`, so that CONNECT has a path.
    private(set) var hasTunnelProtocol = false
    /// Fields of it are not known.
    private(set) var hasUnknown = false
    /// Gathers the fields that were asked for; `nil` where none were.
    var sampled: SampledFields?

    var hasMethod: Bool { methodRange != nil }
    var hasPath: Bool { pathRange != nil }
    var hasAuthority: Bool { authorityRange != nil }

    @_lifetime(borrow self)
    private func text(_ range: Range<Int>?) -> RawSpan { texts.octetSpan.clamped(range ?? 0..<0) }

    var method: RawSpan {
        @_lifetime(borrow self)
        get { text(methodRange) }
    }
    var path: RawSpan {
        @_lifetime(borrow self)
        get { text(pathRange) }
    }
    var authority: RawSpan {
        @_lifetime(borrow self)
        get { text(authorityRange) }
    }

    mutating func reset() {
        var texts: [UInt8] = []
        swap(&texts, &self.texts)
        texts.removeAll(keepingCapacity: true)
        self = HTTP2Head()
        swap(&texts, &self.texts)
    }

    /// Its end was not captured.
    mutating func noteCut() { hasUnknown = true }

    mutating func take(_ name: HTTP2FieldName, note: UInt16, constant: StaticString) {
        guard name.keepsText else { return take(name, note: note, RawSpan()) }
        let start = texts.count
        // Sound: the bytes of a constant live forever, and are as many as it says.
        unsafe texts.append(
            contentsOf: UnsafeBufferPointer(start: constant.utf8Start, count: constant.utf8CodeUnitCount)
        )
        place(name, start)
    }

    mutating func take(_ name: HTTP2FieldName, note: UInt16, _ value: RawSpan) {
        switch name {
        case .other: break
        case .unknown: hasUnknown = true
        case .status: if status == 0 { status = note }
        case .scheme: hasScheme = true
        case .tunnelProtocol: hasTunnelProtocol = true
        case .contentType: content = HTTPContent(rawValue: UInt8(truncatingIfNeeded: note)) ?? .other
        case .grpcStatus: grpcStatus = note
        case .grpc: hasGRPCField = true
        case .method where hasMethod, .path where hasPath, .authority where hasAuthority,
            .host where hasAuthority:
            // Only the first counts: a section may refer to a long one many times.
            break
        case .method, .path, .authority, .host:
            let start = texts.count
            texts.append(copying: value)
            place(name, start)
        }
    }

    private mutating func place(_ name: HTTP2FieldName, _ start: Int) {
        let range = start..<texts.count
        switch name {
        case .method: if methodRange == nil { methodRange = range }
        case .path: if pathRange == nil { pathRange = range }
        default: if authorityRange == nil, !range.isEmpty { authorityRange = range }
        }
    }
}
