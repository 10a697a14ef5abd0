// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The static table (RFC 7541 appendix A), as far as it matters.
enum HPACKStaticTable {
    static let count = 61

    private static let nameLengths: [UInt8] = [
        10, 7, 7, 5, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 14, 15, 15, 13, 6, 27, 3, 5, 13, 13,
        19, 16, 16, 14, 16, 13, 12, 6, 4, 4, 6, 7, 4, 4, 8, 17, 13, 8, 19, 13, 4, 8, 12, 18,
        19, 5, 7, 7, 11, 6, 10, 25, 17, 10, 4, 3, 16,
    ]

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
        default: ""
        }
    }
}
