// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A checked view of a Linux cooked header, version 1, as captures on `any` carry it.
///
/// ```text
///  0      2       4        6          14       16
///  +------+-------+--------+----------+--------+----------
///  | type | ARPHRD| addr n | address  | proto  | payload …
///  +------+-------+--------+----------+--------+----------
/// ```
///
/// - SeeAlso: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
struct LinuxCooked: ~Escapable {
    static let headerLength = 16

    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.headerLength else {
            throw .truncated(layer: .link, needed: Self.headerLength, available: bytes.byteCount)
        }
        self.bytes = bytes
    }

    var packetType: PacketType { PacketType(kernelValue: bytes.checkedField(UInt16.self, at: 0)) }
    var hardwareType: UInt16 { bytes.checkedField(UInt16.self, at: 2) }
    /// 0 where the device has no 48-bit address.
    var sourceMAC: UInt64 {
        bytes.checkedField(UInt16.self, at: 4) == 6 ? bytes.checkedField(UInt64.self, at: 6) >> 16 : 0
    }
    /// The EtherType, unless `LinuxHardware` says that the field means something else.
    var protocolNumber: UInt16 { bytes.checkedField(UInt16.self, at: 14) }
}

/// A checked view of a Linux cooked header, version 2, which names the interface too.
///
/// ```text
///  0       2      4          8       10     11      12         20
///  +-------+------+----------+-------+------+-------+----------+----------
///  | proto |  0   | if index | ARPHRD| type | addr n| address  | payload …
///  +-------+------+----------+-------+------+-------+----------+----------
/// ```
///
/// - SeeAlso: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
struct LinuxCookedV2: ~Escapable {
    static let headerLength = 20

    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.headerLength else {
            throw .truncated(layer: .link, needed: Self.headerLength, available: bytes.byteCount)
        }
        self.bytes = bytes
    }

    var protocolNumber: UInt16 { bytes.checkedField(UInt16.self, at: 0) }
    var interfaceIndex: UInt32 { bytes.checkedField(UInt32.self, at: 4) }
    var hardwareType: UInt16 { bytes.checkedField(UInt16.self, at: 8) }
    var packetType: PacketType { PacketType(kernelValue: UInt16(bytes.checkedField(UInt8.self, at: 10))) }
    var sourceMAC: UInt64 {
        bytes.checkedField(UInt8.self, at: 11) == 6 ? bytes.checkedField(UInt64.self, at: 12) >> 16 : 0
    }
}

/// ARPHRD_ values whose frames carry no EtherType.
enum LinuxHardware {
    static let netlink: UInt16 = 824
    static let radiotap: UInt16 = 803
    static let frameRelay: UInt16 = 770

    static func carriesEtherType(_ hardwareType: UInt16) -> Bool {
        switch hardwareType {
        case netlink, radiotap, frameRelay: false
        default: true
        }
    }
}

extension PacketType {
    /// The kernel's PACKET_ value; those that never come from a wire are `unknown`.
    init(kernelValue: UInt16) {
        self = UInt8(exactly: kernelValue).flatMap(PacketType.init(rawValue:)) ?? .unknown
    }
}
