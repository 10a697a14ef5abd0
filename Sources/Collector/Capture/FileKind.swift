// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What a file that is no capture looks like, to say so in the error.
enum FileKind {
    private static let signatures: [(offset: Int, bytes: [UInt8], kind: String, remedy: String)] = [
        (0, [0x1F, 0x8B], "gzip inside gzip", "decompress it once with `gunzip`"),
        (0, [0x28, 0xB5, 0x2F, 0xFD], "a zstd file", "decompress it: `zstd -dc FILE | svcmap import -`"),
        (
            0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "an xz file",
            "decompress it: `xz -dc FILE | svcmap import -`"
        ),
        (0, [0x42, 0x5A, 0x68], "a bzip2 file", "decompress it: `bzip2 -dc FILE | svcmap import -`"),
        (0, [0x04, 0x22, 0x4D, 0x18], "an lz4 file", "decompress it: `lz4 -dc FILE | svcmap import -`"),
        (0, Array("PK\u{3}\u{4}".utf8), "a zip archive", "unpack it first"),
        (257, Array("ustar".utf8), "a tar archive", "unpack it first"),
        (0, Array("snoop\0\0\0".utf8), "a snoop capture", convert),
        (0, Array("RTSS".utf8), "a Network Monitor capture", convert),
        (0, Array("GMBU".utf8), "a Network Monitor capture", convert),
        (0, Array("TRSNIFF".utf8), "a Sniffer capture", convert),
        (0, Array("XCP\0".utf8), "a NetXRay capture", convert),
        (0, Array("SQLite format 3\0".utf8), "an SQLite database", capture),
        (0, [0x7F, 0x45, 0x4C, 0x46], "a program", capture),
    ]

    private static let convert = "convert it: `editcap -F pcapng FILE NEW.pcapng`"
    private static let capture = "name a pcap or pcapng file"

    /// A name for the kind and what to try, from the first bytes.
    static func describe(_ bytes: RawSpan) -> (kind: String, remedy: String) {
        for signature in signatures where matches(bytes, signature.offset, signature.bytes) {
            return (signature.kind, signature.remedy)
        }
        let beginning = bytes.extracting(first: 512)
        guard isText(beginning) else { return ("none of the formats read here", capture) }
        switch firstVisible(beginning) {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return ("JSON", "an object dump goes with `--inventory`; \(capture)")
        case UInt8(ascii: "<"):
            return ("XML or HTML", "perhaps an error page was saved; \(capture)")
        default:
            return ("text", "perhaps tcpdump ran without `-w`; \(capture)")
        }
    }

    private static func matches(_ bytes: RawSpan, _ offset: Int, _ signature: [UInt8]) -> Bool {
        bytes.byteCount >= offset + signature.count
            && signature.indices.allSatisfy { bytes.byte(at: offset + $0) == signature[$0] }
    }

    /// No control characters but white space; bytes above 127 may be UTF-8.
    private static func isText(_ bytes: RawSpan) -> Bool {
        (0..<bytes.byteCount).allSatisfy { index in
            let byte = bytes.byte(at: index)
            return byte >= 32 && byte != 127 || (9...13).contains(byte)
        }
    }

    private static func firstVisible(_ bytes: RawSpan) -> UInt8 {
        for index in 0..<bytes.byteCount where bytes.byte(at: index) > 32 { return bytes.byte(at: index) }
        return 0
    }
}
