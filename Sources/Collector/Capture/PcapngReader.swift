// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Reads the blocks of a pcapng file, without copying a byte.
///
/// ```text
///  block   type 4 | length 4 | body, filled up to four bytes | length 4
/// ```
///
/// A section header begins a section with a byte order and interfaces of its own. Packet blocks
/// whose contents do not fit into them are skipped and counted; blocks of other types are
/// skipped; a block whose own lengths are wrong ends the file, since nothing tells where the
/// next one begins.
///
/// - SeeAlso: draft-ietf-opsawg-pcapng.
struct PcapngReader {
    private enum BlockType {
        static let sectionHeader: UInt32 = 0x0A0D_0D0A
        static let interfaceDescription: UInt32 = 1
        static let packet: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let nameResolution: UInt32 = 4
        static let interfaceStatistics: UInt32 = 5
        static let enhancedPacket: UInt32 = 6
    }

    private static let byteOrderMagic: UInt32 = 0x1A2B_3C4D
    static let minimumBlockLength = 12

    private(set) var order = FileByteOrder(isBigEndian: false)
    private var interfaces: [PcapngInterface] = []
    /// Interfaces of earlier sections; numbers go on, so that none means two interfaces.
    private var earlierInterfaces: UInt32 = 0
    /// Names of addresses that were read and not taken yet.
    private(set) var names: [RecordedName] = []
    /// The last time seen, for simple packet blocks, which have none.
    private var lastTimestamp = Timestamp(nanoseconds: 0)

    /// Interfaces described so far, in all sections.
    var interfaceCount: Int { Int(earlierInterfaces) + interfaces.count }

    static func isSectionHeader(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= 4 && bytes.bigEndian(UInt32.self, at: 0) == BlockType.sectionHeader
    }

    /// Hands over the frames of the blocks that lie whole in some bytes.
    ///
    /// - Parameters:
    ///   - bytes: Unread bytes, the first of which begins a block.
    ///   - start: Where that is in the file.
    ///   - damage: Counts packet blocks that were skipped, and drops that the file tells of.
    ///   - body: Takes a frame and the offset of its bytes, or says `false` to stop before it.
    /// - Returns: How far it came.
    mutating func deliver(
        _ bytes: RawSpan,
        at start: UInt64,
        damage: inout SourceDamage,
        to body: (borrowing CapturedFrame, Int) -> Bool
    ) -> ReadStep {
        var step = ReadStep()
        let count = bytes.byteCount
        while true {
            let offset = step.consumed
            guard count - offset >= Self.minimumBlockLength else {
                step.needed = Self.minimumBlockLength
                return step
            }
            var type = order.load(UInt32.self, bytes, at: offset)
            if type == BlockType.sectionHeader {
                guard let sectionOrder = Self.byteOrder(bytes, at: offset + 8) else {
                    step.fault = .byteOrderMagic
                    return step
                }
                order = sectionOrder
                type = BlockType.sectionHeader
            }
            let claimed = order.load(UInt32.self, bytes, at: offset + 4)
            guard claimed >= UInt32(Self.minimumBlockLength), claimed % 4 == 0,
                claimed <= UInt32(CaptureLimits.maximumBlockLength)
            else {
                step.fault = .blockLength(claimed)
                return step
            }
            let length = Int(claimed)
            guard count - offset >= length else {
                step.needed = length
                return step
            }
            let trailer = order.load(UInt32.self, bytes, at: offset + length - 4)
            guard trailer == claimed else {
                step.fault = .blockLengths(claimed, trailer)
                return step
            }
            let content = bytes.extracting(offset + 8..<offset + length - 4)
            switch type {
            case BlockType.enhancedPacket, BlockType.packet, BlockType.simplePacket:
                if let frame = packet(content, type) {
                    guard body(frame, offset + 8 + (type == BlockType.simplePacket ? 4 : 20)) else {
                        return step
                    }
                    lastTimestamp = frame.timestamp
                    step.frameCount += 1
                } else {
                    damage.addDamage(at: start &+ UInt64(offset))
                }
                if type == BlockType.packet { noteDrops(content, damage: &damage) }
            case BlockType.sectionHeader:
                if let fault = beginSection(content) {
                    step.fault = fault
                    return step
                }
            case BlockType.interfaceDescription:
                if !addInterface(content) { damage.addDamage(at: start &+ UInt64(offset)) }
            case BlockType.nameResolution:
                readNames(content, at: start &+ UInt64(offset), damage: &damage)
            case BlockType.interfaceStatistics:
                readStatistics(content, damage: &damage)
            default:
                break
            }
            step.consumed = offset + length
        }
    }

    /// Whether blocks of a type are written by the tools there are.
    static func isKnown(_ type: UInt32) -> Bool {
        switch type {
        // Journal export, decryption secrets, custom blocks.
        case 1...6, 9, 0x0A, 0x0BAD, 0x4000_0BAD: true
        default: false
        }
    }

    /// The byte order that the magic at an offset, checked to be inside, is written in.
    static func byteOrder(_ bytes: RawSpan, at offset: Int) -> FileByteOrder? {
        switch bytes.bigEndian(UInt32.self, at: offset) {
        case byteOrderMagic: FileByteOrder(isBigEndian: true)
        case byteOrderMagic.byteSwapped: FileByteOrder(isBigEndian: false)
        default: nil
        }
    }

    // MARK: - Sections and interfaces

    private mutating func beginSection(_ body: RawSpan) -> RecordFault? {
        guard body.byteCount >= 16 else { return .blockLength(UInt32(clamping: body.byteCount + 12)) }
        let version = order.load(UInt16.self, body, at: 4)
        guard version == 1 else { return .sectionVersion(version) }
        earlierInterfaces &+= UInt32(truncatingIfNeeded: interfaces.count)
        interfaces.removeAll(keepingCapacity: true)
        return nil
    }

    private mutating func addInterface(_ body: RawSpan) -> Bool {
        guard interfaces.count < CaptureLimits.maximumInterfaces,
            let interface = PcapngInterface(body, order: order)
        else { return false }
        interfaces.append(interface)
        return true
    }

    private mutating func readNames(_ body: RawSpan, at offset: UInt64, damage: inout SourceDamage) {
        let malformed = PcapngNames.forEach(body, order: order) { name in
            if names.count < CaptureLimits.maximumNames {
                names.append(name)
            } else {
                damage.droppedNames &+= 1
            }
        }
        for _ in 0..<malformed { damage.addDamage(at: offset) }
    }

    /// Hands over the names that were read since the last time.
    mutating func takeNames() -> [RecordedName] {
        defer { names.removeAll() }
        return names
    }

    /// Statistics count from the start of the capture, so only what was added is new.
    private mutating func readStatistics(_ body: RawSpan, damage: inout SourceDamage) {
        guard body.byteCount >= 12 else { return }
        let index = Int(order.load(UInt32.self, body, at: 0))
        guard index < interfaces.count else { return }
        var byInterface = interfaces[index].interfaceDropped
        var bySystem = interfaces[index].kernelDropped
        let order = order
        PcapngOptions.forEach(body.extracting(droppingFirst: 12), order: order) { code, value in
            guard value.byteCount >= 8 else { return }
            // isb_ifdrop and isb_osdrop.
            if code == 5 { byInterface = max(byInterface, order.load(UInt64.self, value, at: 0)) }
            if code == 7 { bySystem = max(bySystem, order.load(UInt64.self, value, at: 0)) }
        }
        damage.interfaceDropped &+= byInterface &- interfaces[index].interfaceDropped
        damage.kernelDropped &+= bySystem &- interfaces[index].kernelDropped
        interfaces[index].interfaceDropped = byInterface
        interfaces[index].kernelDropped = bySystem
    }

    // MARK: - Packets

    /// The frame in a packet block; `nil` where it does not fit.
    @_lifetime(copy block)
    private func packet(_ block: RawSpan, _ type: UInt32) -> CapturedFrame? {
        guard type != BlockType.simplePacket else { return simplePacket(block) }
        // Enhanced and obsolete packet blocks differ in their first four bytes only.
        guard block.byteCount >= 20 else { return nil }
        let number =
            type == BlockType.packet
            ? UInt32(order.checked(UInt16.self, block, at: 0)) : order.checked(UInt32.self, block, at: 0)
        let captured = order.checked(UInt32.self, block, at: 12)
        guard number < UInt32(interfaces.count), captured <= UInt32(block.byteCount - 20) else {
            return nil
        }
        let interface = interfaces[Int(number)]
        return CapturedFrame(
            timestamp: interface.scale.timestamp(ticks(block, at: 4)),
            interfaceNumber: earlierInterfaces &+ number,
            linkType: interface.linkType,
            wireLength: Int(max(captured, order.checked(UInt32.self, block, at: 16))),
            bytes: block.extracting(20..<20 + Int(captured))
        )
    }

    /// A simple packet block has no captured length either: the snap length of interface 0 and
    /// the block decide.
    @_lifetime(copy block)
    private func simplePacket(_ block: RawSpan) -> CapturedFrame? {
        guard block.byteCount >= 4, let interface = interfaces.first else { return nil }
        let wire = Int(order.load(UInt32.self, block, at: 0))
        let limit = interface.snapLength == 0 ? wire : min(wire, Int(interface.snapLength))
        guard limit <= block.byteCount - 4 else { return nil }
        return CapturedFrame(
            timestamp: lastTimestamp,
            interfaceNumber: earlierInterfaces,
            linkType: interface.linkType,
            wireLength: wire,
            bytes: block.extracting(4..<4 + limit)
        )
    }

    /// The two halves of a time, which the caller has checked to be inside.
    @inline(__always)
    private func ticks(_ bytes: RawSpan, at offset: Int) -> UInt64 {
        UInt64(order.checked(UInt32.self, bytes, at: offset)) << 32
            | UInt64(order.checked(UInt32.self, bytes, at: offset + 4))
    }

    /// An obsolete packet block says how many frames were dropped before it.
    private func noteDrops(_ block: RawSpan, damage: inout SourceDamage) {
        guard block.byteCount >= 20 else { return }
        let drops = order.load(UInt16.self, block, at: 2)
        // All ones mean "unknown".
        if drops != .max { damage.kernelDropped &+= UInt64(drops) }
    }

    // MARK: - Order

    /// Looks at the times of the enhanced packet blocks up to a block that changes how times are
    /// read, or has none, and at nothing else.
    func survey(_ bytes: RawSpan, _ survey: inout OrderSurvey) {
        var offset = 0
        let count = bytes.byteCount
        blocks: while count - offset >= Self.minimumBlockLength {
            let type = order.checked(UInt32.self, bytes, at: offset)
            let claimed = order.checked(UInt32.self, bytes, at: offset + 4)
            // What is odd is left to `deliver`.
            guard claimed >= UInt32(Self.minimumBlockLength),
                claimed <= UInt32(CaptureLimits.maximumBlockLength),
                Int(claimed) <= count - offset
            else { break }
            switch type {
            case BlockType.enhancedPacket:
                guard claimed >= 32 else { break blocks }
                let number = order.checked(UInt32.self, bytes, at: offset + 8)
                guard number < UInt32(interfaces.count),
                    survey.note(interfaces[Int(number)].scale.timestamp(ticks(bytes, at: offset + 12)))
                else { break blocks }
            case BlockType.sectionHeader, BlockType.interfaceDescription, BlockType.packet,
                BlockType.simplePacket:
                break blocks
            default:
                break
            }
            offset += Int(claimed)
        }
        survey.length = offset
    }
}
