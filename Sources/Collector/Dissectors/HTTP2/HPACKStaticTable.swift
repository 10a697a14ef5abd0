// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The static table (RFC 7541 appendix A), as far as it matters.
enum HPACKStaticTable {
    static let count = 61

    private static let names = [
        ":authority", ":method", ":method", ":path", ":path", ":scheme", ":scheme", ":status", ":status",
        ":status", ":status", ":status", ":status", ":status", "accept-charset", "accept-encoding",
        "accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow",
        "authorization", "cache-control", "content-disposition", "content-encoding", "content-language",
        "content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag",
        "expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range",
        "if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate",
        "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
        "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
    ]
    private static let nameLengths = names.map { UInt8($0.utf8.count) }

    /// The name at an index from 1 on.
    static func text(ofName index: Int) -> String { names[index &- 1] }

    /// The length of the name at an index from 1 on.
    static func nameLength(_ index: Int) -> Int { Int(nameLengths[index &- 1]) }

    static func name(_ index: Int) -> HTTP2FieldName {
        switch index {
        case 1: .authority
        case 2, 3: .method
        case 4, 5: .path
        case 6, 7: .scheme
        case 8...14: .status
        case 31: .contentType
        case 38: .host
        default: .other
        }
    }

    static func status(_ index: Int) -> UInt16 {
        switch index {
        case 8: 200
        case 9: 204
        case 10: 206
        case 11: 304
        case 12: 400
        case 13: 404
        case 14: 500
        default: 0
        }
    }

    /// The text of a value that is needed.
    static func text(_ index: Int) -> StaticString {
        switch index {
        case 2: "GET"
        case 3: "POST"
        case 4: "/"
        case 5: "/index.html"
        case 16: "gzip, deflate"
        default: ""
        }
    }
}
