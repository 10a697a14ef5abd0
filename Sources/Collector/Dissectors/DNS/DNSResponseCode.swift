// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Names and meanings of response codes (IANA "DNS Parameters").
///
/// The client is at fault where its question cannot succeed anywhere: a message the server
/// could not interpret (FORMERR: RFC 1035 section 4.1.1), a name that does not exist, an
/// update whose prerequisites do not hold (RFC 2136 section 2.2), a zone it does not belong
/// to, or an EDNS option that has to be negotiated again (16 and above). All others say that
/// this server fails or refuses.
package enum DNSResponseCode {
    static let nameError: UInt16 = 3

    private static let names: [UInt16: String] = [
        0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED",
        6: "YXDOMAIN", 7: "YXRRSET", 8: "NXRRSET", 9: "NOTAUTH", 10: "NOTZONE", 11: "DSOTYPENI",
        16: "BADVERS", 17: "BADKEY", 18: "BADTIME", 19: "BADMODE", 20: "BADNAME", 21: "BADALG",
        22: "BADTRUNC", 23: "BADCOOKIE",
    ]

    /// `NXDOMAIN`, or `RCODE15` where it has no name.
    package static func name(_ code: UInt16) -> String { names[code] ?? "RCODE\(code)" }

    /// The outcome of a transaction that ends a lookup with this code.
    package static func outcome(_ code: UInt16) -> Outcome {
        switch code {
        case 0: .ok
        case 1, 3, 6, 7, 8, 10: .clientError
        case 16...: .clientError
        default: .serverError
        }
    }
}
