// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Names of record types (IANA "DNS Parameters").
enum DNSRecordType {
    static let a: UInt16 = 1
    static let cname: UInt16 = 5
    static let ptr: UInt16 = 12
    static let aaaa: UInt16 = 28
    static let opt: UInt16 = 41
    static let incrementalTransfer: UInt16 = 251
    static let transfer: UInt16 = 252

    private static let names: [UInt16: String] = [
        1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 11: "WKS", 12: "PTR", 13: "HINFO",
        14: "MINFO", 15: "MX", 16: "TXT", 17: "RP", 18: "AFSDB", 24: "SIG", 25: "KEY", 28: "AAAA",
        29: "LOC", 33: "SRV", 35: "NAPTR", 36: "KX", 37: "CERT", 39: "DNAME", 41: "OPT", 42: "APL",
        43: "DS", 44: "SSHFP", 45: "IPSECKEY", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 49: "DHCID",
        50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA", 53: "SMIMEA", 55: "HIP", 59: "CDS", 60: "CDNSKEY",
        61: "OPENPGPKEY", 62: "CSYNC", 63: "ZONEMD", 64: "SVCB", 65: "HTTPS", 99: "SPF", 108: "EUI48",
        109: "EUI64", 249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR", 255: "ANY", 256: "URI",
        257: "CAA",
    ]

    /// `AAAA`, or `TYPE1234` (RFC 3597 section 5) where it has no name.
    static func name(_ type: UInt16) -> String { names[type] ?? "TYPE\(type)" }

    static func isKnown(_ type: UInt16) -> Bool { names[type] != nil }
}
