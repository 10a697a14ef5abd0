// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The status codes of gRPC.
enum GRPCStatus {
    /// The name of a code; one that nobody defined is what clients take it for.
    static func name(_ code: UInt16) -> String {
        code < names.count ? names[Int(code)] : names[2]
    }

    static func outcome(_ code: UInt16) -> Outcome {
        switch code {
        case 0: .ok
        // UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
        case 2, 4, 12, 13, 14, 15, 17...: .serverError
        default: .clientError
        }
    }

    /// The code in the text of a field; `nil` where it is no number.
    static func code(_ text: RawSpan) -> UInt16? {
        text.decimal(digits: 3).map { UInt16(truncatingIfNeeded: $0) }
    }

    private static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
        "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
}
