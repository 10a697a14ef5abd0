// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Pcapng files` {
    typealias Frame = CaptureWriter.Frame
    typealias Interface = CaptureWriter.Interface

    static let frames = [
        Frame(at: 0, PacketBuilder("10.0.0.1", "10.0.0.2").udp(1, 2, payload: [1, 2, 3])),
        Frame(at: 1_000_000_000, [], wireLength: 60, interface: 1),
        Frame(at: 2_500_000_000, [9, 8, 7], wireLength: 1_500),
    ]

    @Test(arguments: CaptureWriter.ByteOrder.allCases)
    func `give frames of several interfaces`(order: CaptureWriter.ByteOrder) throws {
        let interfaces = [Interface(linkType: 1), Interface(linkType: 276, resolution: nil)]
        let file = CaptureWriter.pcapng(Self.frames, interfaces: interfaces, order: order)
        for reading in [try CaptureReading(file), try CaptureReading(stream: file)] {
            #expect(reading.error == nil)
            #expect(reading.damage == SourceDamage())
            #expect(reading.frames.map(\.nanoseconds) == Self.frames.map(\.time.nanoseconds))
            #expect(reading.frames.map(\.bytes) == Self.frames.map(\.bytes))
            #expect(reading.frames.map(\.wireLength) == [45, 60, 1_500])
            #expect(reading.frames.map(\.linkType) == [1, 276, 1])
            #expect(reading.frames.map(\.interfaceNumber) == [0, 1, 0])
        }
    }

    /// Seconds, milliseconds, microseconds, nanoseconds, picoseconds; 1/1, 1/2, 1/1024, 1/2^30,
    /// 1/2^32 second; all at an instant that each of them can say.
    @Test(arguments: [UInt8(0), 3, 6, 9, 12, 0x80, 0x81, 0x8A, 0x9E, 0xA0])
    func `measure time in any resolution`(resolution: UInt8) throws {
        for offset: Int64? in [nil, 1_000_000_000, -5] {
            // Picoseconds since 1970 leave 64 bits in July 2554 only, but 1/2^32 in 2106 and
            // this writer's arithmetic earlier, so those are counted from an offset.
            let isFine = resolution == 12 || resolution == 0xA0 || resolution == 0x9E
            let interface = Interface(resolution: resolution, offsetSeconds: isFine ? 1_699_999_990 : offset)
            let seconds: Int64 = resolution == 0 || resolution == 0x80 ? 7 : 0
            let frame = Frame(at: seconds * 1_000_000_000, [1])
            let file = CaptureWriter.pcapng([frame], interfaces: [interface])
            #expect(try CaptureReading(file).frames.map(\.nanoseconds) == [frame.time.nanoseconds])
        }
    }

    @Test func `keep fractions of binary resolutions`() throws {
        // 3 quarters of a second behind 1970 in 1/4 s, and 1/2^63 s.
        for (resolution, high, low) in [(UInt8(0x82), UInt32(0), UInt32(3)), (0xBF, 0x6000_0000, 0)] {
            var body: [UInt8] = [0, 0, 0, 0]
            CaptureWriter.append(high, .littleEndian, to: &body)
            CaptureWriter.append(low, .littleEndian, to: &body)
            body += [1, 0, 0, 0, 1, 0, 0, 0, 0xAA]
            let file =
                CaptureWriter.sectionHeader()
                + CaptureWriter.interfaceDescription(Interface(resolution: resolution))
                + CaptureWriter.block(6, body)
            #expect(try CaptureReading(file).frames.map(\.nanoseconds) == [750_000_000])
        }
    }

    /// The largest exponents, and the largest offsets either way: saturated, never trapped.
    @Test(arguments: [UInt8(0), 6, 9, 19, 28, 29, 0x7F, 0x80, 0xBF, 0xC0, 0xFF], [Int64.min, 0, Int64.max])
    func `survive any time`(resolution: UInt8, offset: Int64) throws {
        let body =
            [UInt8](repeating: 0, count: 4) + Array(repeating: 0xFF, count: 8) + [0, 0, 0, 0, 0, 0, 0, 0]
        let interface = Interface(resolution: resolution, offsetSeconds: offset)
        let file =
            CaptureWriter.sectionHeader() + CaptureWriter.interfaceDescription(interface)
            + CaptureWriter.block(6, body)
        #expect(try CaptureReading(file).frames.count == 1)
    }

    @Test func `may have several sections, each with its own order and interfaces`() throws {
        let first = CaptureWriter.pcapng(
            [Frame(at: 1, [1])],
            interfaces: [Interface(linkType: 1)],
            order: .bigEndian
        )
        let second = CaptureWriter.pcapng(
            [Frame(at: 2, [2], interface: 1)],
            interfaces: [Interface(linkType: 101), Interface(linkType: 113)],
            order: .littleEndian
        )
        let third = CaptureWriter.pcapng([Frame(at: 3, [1])], order: .bigEndian)
        let reading = try CaptureReading(first + second + third)
        #expect(reading.error == nil)
        #expect(reading.frames.map(\.bytes) == [[1], [2], [1]])
        #expect(reading.frames.map(\.linkType) == [1, 113, 1])
        // Numbers go on, so that the second section's interface 0 is not the first's.
        #expect(reading.frames.map(\.interfaceNumber) == [0, 2, 3])
    }

    @Test(arguments: CaptureWriter.ByteOrder.allCases)
    func `may hold simple and obsolete packet blocks`(order: CaptureWriter.ByteOrder) throws {
        let interface = Interface(snapLength: 4)
        let file =
            CaptureWriter.sectionHeader(order: order)
            + CaptureWriter.interfaceDescription(interface, order: order)
            + CaptureWriter.obsoletePacket(
                Frame(at: 5, [1, 2, 3], wireLength: 70),
                on: interface,
                order: order
            )
            + CaptureWriter.simplePacket(Frame(at: 0, [4, 5, 6]), order: order)
            + CaptureWriter.simplePacket(Frame(at: 0, [7, 8, 9, 10], wireLength: 99), order: order)
        let reading = try CaptureReading(file)
        #expect(reading.error == nil)
        #expect(reading.frames.map(\.bytes) == [[1, 2, 3], [4, 5, 6], [7, 8, 9, 10]])
        #expect(reading.frames.map(\.wireLength) == [70, 3, 99])
        // Simple packets have no time; the last known one stands in.
        #expect(Set(reading.frames.map(\.nanoseconds)) == [1_700_000_000_000_000_005])
    }

    @Test func `may hold blocks of any other type`() throws {
        let name = CaptureWriter.block(4, [1, 0, 4, 0, 10, 0, 0, 1])
        let custom = CaptureWriter.block(0x0000_0BAD, Array(repeating: 5, count: 1_000))
        let file =
            CaptureWriter.sectionHeader() + name + CaptureWriter.interfaceDescription() + custom
            + CaptureWriter.enhancedPacket(Frame(at: 0, [1])) + CaptureWriter.block(0x8000_0001, []) + name
        let reading = try CaptureReading(file)
        #expect(reading.error == nil)
        #expect(reading.frames.count == 1)
    }

    @Test func `may hold blocks longer than the buffer`() throws {
        let large = CaptureWriter.block(
            0x0000_0BAD,
            Array(repeating: 5, count: 3 * CaptureLimits.bufferLength)
        )
        let file =
            CaptureWriter.pcapng([Frame(at: 0, [1])]) + large
            + CaptureWriter.enhancedPacket(Frame(at: 9, [2]))
        #expect(try CaptureReading(file).frames.map(\.bytes) == [[1], [2]])
    }

    @Test func `tell what the capturing machine dropped`() throws {
        // Interface 0, time, isb_ifdrop = 3, isb_osdrop = 4; then 5 and 4, counted from the start.
        let statistics = { (byInterface: UInt8, bySystem: UInt8) in
            CaptureWriter.block(
                5,
                Array(repeating: 0, count: 12) + [5, 0, 8, 0, byInterface, 0, 0, 0, 0, 0, 0, 0]
                    + [7, 0, 8, 0, bySystem, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0]
            )
        }
        let reading = try CaptureReading(
            CaptureWriter.pcapng(Self.frames.filter { $0.interface == 0 })
                + statistics(3, 4) + statistics(5, 4)
        )
        #expect(reading.damage.interfaceDropped == 5)
        #expect(reading.damage.kernelDropped == 4)
    }

    // MARK: - Damage

    @Test func `skip packets that do not fit their block, and count them`() throws {
        let good = CaptureWriter.enhancedPacket(Frame(at: 0, [1]))
        let file = CaptureWriter.pcapng([Frame(at: 0, [1])])
        let lying = CaptureWriter.enhancedPacket(Frame(at: 0, [1, 2, 3]), claimedLength: 500)
        let homeless = CaptureWriter.enhancedPacket(Frame(at: 0, [1], interface: 7))
        let reading = try CaptureReading(file + lying + good + homeless + good)
        #expect(reading.error == nil)
        #expect(reading.frames.count == 3)
        #expect(reading.damage.damagedRecords == 2)
        #expect(reading.damage.firstDamageOffset == UInt64(file.count))
        #expect(
            reading.skippedRecords?.message.contains("2 damaged records, the first at byte \(file.count)")
                == true
        )
    }

    /// Too short, no multiple of four, absurd, and not what the end of the block says.
    @Test(arguments: [UInt32(8), 33, 0xFFFF_FFF0, 36])
    func `end where a block's length is wrong`(length: UInt32) throws {
        var file = CaptureWriter.pcapng([Frame(at: 0, [1])])
        let offset = file.count
        var block = CaptureWriter.enhancedPacket(Frame(at: 0, [1, 2, 3, 4, 5]))
        var bytes: [UInt8] = []
        CaptureWriter.append(length, .littleEndian, to: &bytes)
        block.replaceSubrange(4..<8, with: bytes)
        file += block
        let reading = try CaptureReading(file)
        #expect(reading.frames.count == 1)
        #expect(reading.error?.code == .damaged)
        #expect(reading.error?.message.contains("damaged at byte \(offset)") == true)
        #expect(reading.damage.damagedRecords == 1)
    }

    @Test func `cut anywhere in a block end there, normally`() throws {
        let whole = CaptureWriter.pcapng([Frame(at: 0, [1]), Frame(at: 0, [2, 3])])
        let lastStart = whole.count - 36
        for length in lastStart..<whole.count {
            let reading = try CaptureReading(Array(whole.prefix(length)))
            #expect(reading.error == nil)
            #expect(reading.frames.count == 1)
            #expect(reading.damage.isLastRecordCut == (length > lastStart))
        }
    }

    @Test func `with a section of no byte order or another version end there`() throws {
        let file = CaptureWriter.pcapng([Frame(at: 0, [1])])
        var orderless = CaptureWriter.sectionHeader()
        orderless[8] = 0
        #expect(try CaptureReading(file + orderless).error?.code == .damaged)
        var future = CaptureWriter.sectionHeader()
        future[12] = 2
        let reading = try CaptureReading(file + future)
        #expect(reading.error?.message.contains("unknown version 2") == true)
        #expect(reading.frames.count == 1)
    }
}
