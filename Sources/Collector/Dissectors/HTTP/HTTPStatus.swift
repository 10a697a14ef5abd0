// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What status codes say, and their text, made once: each response has one.
enum HTTPStatus {
    /// The codes that a status line can have (RFC 9112 section 4).
    private static let texts = (0...999).map { String($0) }

    static func outcome(_ code: UInt16) -> Outcome {
        switch code {
        case 400..<500: .clientError
        case 500..<600: .serverError
        default: .ok
        }
    }

    static func text(_ code: UInt16) -> String {
        code <= 999 ? texts[Int(code)] : String(code)
    }
}
