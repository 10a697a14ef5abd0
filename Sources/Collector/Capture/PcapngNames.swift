// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A name that a capture file gives to an address: whoever wrote it knew, or a resolver did.
package struct RecordedName: Equatable, Sendable {
    package let address: IPAddress
    /// In lower case without the final dot.
    package let name: String

    package init(address: IPAddress, name: String) {
        self.address = address
        self.name = name
    }
}

/// The records of a pcapng name resolution block.
///
/// ```text
///  record  type 2 | length 2 | address 4 (type 1) or 16 (type 2) | name, 0 | name, 0 … | filled up to four bytes
///  end     0 2 | 0 2
/// ```
///
/// Records of other types (MAC addresses) and the options behind the end are passed over.
///
/// - SeeAlso: draft-ietf-opsawg-pcapng section 4.5.
enum PcapngNames {
    private static let end: UInt16 = 0
    private static let ipv4: UInt16 = 1
    private static let ipv6: UInt16 = 2
    /// Octets of a host name (RFC 1035 section 2.3.4) with its final dot.
    private static let longestName = 254

    /// Visits the names of a block.
    ///
    /// - Parameters:
    ///   - block: Its body.
    ///   - order: Of its section.
    ///   - body: Receives each name of each address.
    /// - Returns: How many records were malformed; the names before the fault are visited.
    static func forEach(_ block: RawSpan, order: FileByteOrder, _ body: (RecordedName) -> Void) -> Int {
        var offset = 0
        var malformed = 0
        while block.byteCount - offset >= 4 {
            let type = order.load(UInt16.self, block, at: offset)
            let length = Int(order.load(UInt16.self, block, at: offset + 2))
            guard type != end else { return malformed }
            guard block.byteCount - offset - 4 >= length else { return malformed + 1 }
            let value = block.extracting(offset + 4..<offset + 4 + length)
            switch type {
            case ipv4 where value.byteCount > 4:
                let address = IPAddress(v4: value.bigEndian(UInt32.self, at: 0))
                if !names(value.extracting(droppingFirst: 4), of: address, body) { malformed += 1 }
            case ipv6 where value.byteCount > 16:
                let high = value.bigEndian(UInt64.self, at: 0)
                let address = IPAddress(high: high, low: value.bigEndian(UInt64.self, at: 8))
                if !names(value.extracting(droppingFirst: 16), of: address, body) { malformed += 1 }
            case ipv4, ipv6:
                malformed += 1
            default:
                break
            }
            offset += 4 + (length + 3) / 4 * 4
        }
        // The end is there even if no record is.
        return malformed + 1
    }

    /// Visits names that each end with a 0; `false` if one does not, or is none.
    private static func names(_ bytes: RawSpan, of address: IPAddress, _ body: (RecordedName) -> Void) -> Bool
    {
        var start = 0
        for index in 0..<bytes.byteCount where bytes.byte(at: index) == 0 {
            var octets = (start..<index).map { bytes.byte(at: $0) }
            start = index + 1
            guard (1...longestName).contains(octets.count) else { return false }
            if octets.last == UInt8(ascii: "."), octets.count > 1 { octets.removeLast() }
            body(RecordedName(address: address, name: String(decoding: octets, as: UTF8.self).lowercased()))
        }
        return start == bytes.byteCount
    }
}
