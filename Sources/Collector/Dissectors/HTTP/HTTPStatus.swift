// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Status codes as text, made once: each response has one.
enum HTTPStatus {
    /// The codes that a status line can have (RFC 9112 section 4).
    private static let texts = (0...999).map { String($0) }

    static func text(_ code: UInt16) -> String {
        code <= 999 ? texts[Int(code)] : String(code)
    }
}
