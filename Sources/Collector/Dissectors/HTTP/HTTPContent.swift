// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Media types that change what a message means.
enum HTTPContent: UInt8, BitwiseCopyable {
    case other
    case grpc
    case grpcWeb
    /// gRPC-Web in base64.
    case grpcWebText
    case eventStream

    init(_ value: RawSpan) {
        self = .other
        if value.hasLowercasedPrefix("application/grpc") {
            let rest = value.clamped(16, value.byteCount)
            if rest.hasLowercasedPrefix("-web-text") {
                self = .grpcWebText
            } else if rest.hasLowercasedPrefix("-web") {
                self = .grpcWeb
            } else if rest.isEmpty || [0x2B, 0x3B, 0x20].contains(rest.octet(at: 0)) {
                self = .grpc
            }
        } else if value.hasLowercasedPrefix("text/event-stream") {
            self = .eventStream
        }
    }

    var isGRPC: Bool { self == .grpc || self == .grpcWeb || self == .grpcWebText }
}
