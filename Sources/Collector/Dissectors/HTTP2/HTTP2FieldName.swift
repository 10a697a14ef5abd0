// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The names of fields that the dissector needs.
enum HTTP2FieldName: UInt8, BitwiseCopyable {
    case other
    /// It refers to something that was not captured.
    case unknown
    case method
    case path
    case status
    case authority
    case scheme
    /// `:protocol` of an extended CONNECT (RFC 8441).
    case tunnelProtocol
    case host
    case contentType
    case grpcStatus
    /// Any other that begins with `grpc-`.
    case grpc

    init(_ name: RawSpan) {
        self = .other
        switch name.octet(at: 0) {
        case 0x3A:
            if name.equals(":path") {
                self = .path
            } else if name.equals(":method") {
                self = .method
            } else if name.equals(":status") {
                self = .status
            } else if name.equals(":scheme") {
                self = .scheme
            } else if name.equals(":authority") {
                self = .authority
            } else if name.equals(":protocol") {
                self = .tunnelProtocol
            }
        case 0x63: if name.equals("content-type") { self = .contentType }
        case 0x67:
            if name.equals("grpc-status") {
                self = .grpcStatus
            } else if name.hasPrefix("grpc-") {
                self = .grpc
            }
        case 0x68: if name.equals("host") { self = .host }
        default: break
        }
    }

    /// Whether the text of its value is needed.
    var keepsText: Bool {
        switch self {
        case .method, .path, .authority, .host: true
        default: false
        }
    }

    /// What a value comes to where its text is not needed.
    func note(_ value: RawSpan) -> UInt16 {
        switch self {
        case .status, .grpcStatus: Self.number(value)
        case .contentType: UInt16(HTTPContent(value).rawValue)
        default: 0
        }
    }

    /// A number of at most three digits; one that is none counts as 999, which no peer means.
    private static func number(_ value: RawSpan) -> UInt16 {
        UInt16(truncatingIfNeeded: value.decimal(digits: 3) ?? 999)
    }
}
