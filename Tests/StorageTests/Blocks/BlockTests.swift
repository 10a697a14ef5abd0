// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage
import TestKit
import Testing

/// Rows with dictionary ids, and the strings they refer to.
private struct BlockSample {
    var rows: [BlockRow] = []
    var ids: [String: UInt64] = [:]
    var strings: [UInt64: String] { Dictionary(uniqueKeysWithValues: ids.map { ($0.value, $0.key) }) }

    init(seed: UInt64, rows count: Int, isCoarse: Bool = false) {
        var dice = RandomReports(seed: seed)
        var edge = UInt64(dice.number(5_000))
        for _ in 0..<count {
            edge += 1 + UInt64(dice.chance(4, of: 5) ? 0 : dice.number(40))
            var row = BlockRow(edge: edge, metrics: dice.metrics())
            for endpoint in 0..<dice.number(4) {
                row.dialled.append(
                    BlockRow.Dialled(
                        endpoint: UInt64(endpoint),
                        port: endpoint == 0 ? 0 : UInt16(dice.number(65_536)),
                        connections: dice.counter()
                    )
                )
            }
            row.samples = dice.samples()
            for sample in row.samples.sorted {
                note(sample.applicationProtocol.rawValue)
                for string in [sample.operation, sample.status, sample.serverName] {
                    if let string { note(string) }
                }
                for field in sample.fields { note(field.name) }
            }
            for name in row.metrics.tlsHandshakes.failed.keys.sorted() { note(name) }
            for (name, metrics) in row.metrics.protocols.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                note(name.rawValue)
                metrics.statuses.keys.sorted().forEach { note($0) }
                metrics.operations.keys.sorted().forEach { note($0) }
            }
            if isCoarse {
                row.firstWindow = UInt32(dice.number(8_640))
                row.lastWindow = row.firstWindow + UInt32(dice.chance(1, of: 2) ? 0 : dice.number(8_640))
                var reached = row.firstWindow
                while row.lastWindow - reached > 2, dice.chance(1, of: 4) {
                    let after = reached + UInt32(dice.number(Int(row.lastWindow - reached) - 2))
                    let until = after + 2 + UInt32(dice.number(Int(row.lastWindow - after) - 1))
                    row.rests.append(BlockRow.Rest(after: after, until: until))
                    reached = until
                }
            }
            rows.append(row)
        }
    }

    private mutating func note(_ string: String) {
        if ids[string] == nil { ids[string] = UInt64(ids.count) * 3 + 1 }
    }

    func encoded() throws -> [UInt8] { try BlockWriter(strings: ids).encode(rows) }
}

@Suite struct `Window block` {
    @Test(arguments: 0..<200)
    func `gives back every row exactly`(seed: Int) throws {
        let sample = BlockSample(seed: UInt64(seed), rows: seed % 40)
        let reader = try BlockReader(sample.encoded(), strings: sample.strings)
        #expect(try reader.rows() == sample.rows, "seed \(seed)")
    }

    @Test(arguments: 0..<40)
    func `gives back in which windows each edge was active`(seed: Int) throws {
        let sample = BlockSample(seed: UInt64(seed), rows: 1 + seed * 9, isCoarse: true)
        let reader = try BlockReader(sample.encoded(), strings: sample.strings)
        #expect(try reader.rows() == sample.rows, "seed \(seed)")
    }

    @Test func `holds the last window there can be, and none before the first`() throws {
        let writer = BlockWriter(strings: [:])
        let rows = [
            BlockRow(edge: 1, lastWindow: .max), BlockRow(edge: 2, firstWindow: .max, lastWindow: .max),
        ]
        #expect(try BlockReader(writer.encode(rows), strings: [:]).rows() == rows)
        #expect(throws: BlockError.unstorable(.activity)) {
            _ = try writer.encode([BlockRow(edge: 1, firstWindow: 2, lastWindow: 1)])
        }
    }

    @Test func `refuses an active window beyond 32 bits`() throws {
        let block = try BlockWriter(strings: [:]).encode([BlockRow(edge: 1, firstWindow: 1, lastWindow: .max)]
        )
        // Columns of 1 and of 2^32 - 2, of which the latter becomes 2^32 - 1.
        #expect(block.suffix(8) == [3, 1, 3, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F])
        var body = Array(block.dropFirst(Frame.headerBytes))
        body[body.count - 5] = 0xFF
        let damaged = try resealed(body)
        #expect(throws: BlockError.self) { _ = try BlockReader(damaged, strings: [:]).rows() }
    }

    @Test func `splits rows into groups of at most 256 edges`() throws {
        let sample = BlockSample(seed: 7, rows: 600)
        let reader = try BlockReader(sample.encoded(), strings: sample.strings)
        #expect(reader.groups.map(\.edges) == [256, 256, 88])
        #expect(reader.groups.map(\.firstEdge) == [0, 256, 512].map { sample.rows[$0].edge })
        #expect(try reader.rows() == sample.rows)
    }

    @Test func `finds one edge by itself`() throws {
        let sample = BlockSample(seed: 8, rows: 300)
        let reader = try BlockReader(sample.encoded(), strings: sample.strings)
        for row in [sample.rows[0], sample.rows[255], sample.rows[256], sample.rows[299]] {
            #expect(try reader.row(edge: row.edge) == row)
        }
        #expect(try reader.row(edge: 0) == nil)
        #expect(try reader.row(edge: .max) == nil)
    }

    @Test func `is the same bytes for equal rows`() throws {
        #expect(try BlockSample(seed: 3, rows: 50).encoded() == BlockSample(seed: 3, rows: 50).encoded())
    }

    @Test func `refuses edges out of order`() {
        let writer = BlockWriter(strings: [:])
        for edges: [UInt64] in [[0], [2, 2], [2, 1]] {
            #expect(throws: BlockError.unstorable(.edgeOrder)) {
                _ = try writer.encode(edges.map { BlockRow(edge: $0) })
            }
        }
    }

    @Test func `refuses a string without an id`() {
        var row = BlockRow(edge: 1)
        row.metrics.tlsHandshakes.failed["handshake_failure"] = 1
        #expect(throws: BlockError.unstorable(.string)) { _ = try BlockWriter(strings: [:]).encode([row]) }
    }

    @Test func `holds header fields in their order, and refuses a name without an id`() throws {
        var sample = TransactionSample(
            applicationProtocol: .http,
            operation: "GET /",
            outcome: .ok,
            at: Timestamp(seconds: 1),
            ended: 5
        )
        sample.fields = [
            HeaderField(.request, "x-one", ""), HeaderField(.request, "x-one", "é\0<b>"),
            HeaderField(.response, "x-one", String(repeating: "x", count: 300)),
        ]
        let row = BlockRow(edge: 1, samples: TransactionSamples([sample]))
        var ids: [String: UInt64] = ["http": 1, "GET /": 2]
        #expect(throws: BlockError.unstorable(.string)) { _ = try BlockWriter(strings: ids).encode([row]) }
        ids["x-one"] = 3
        let strings = Dictionary(uniqueKeysWithValues: ids.map { ($0.value, $0.key) })
        let block = try BlockWriter(strings: ids).encode([row])
        #expect(try BlockReader(block, strings: strings).rows() == [row])
        // The two bytes of é, one of them gone wrong.
        let place = try #require(block.firstIndex(of: 0xC3))
        var body = Array(block.dropFirst(Frame.headerBytes))
        body[place - Frame.headerBytes] = 0xFF
        let damaged = try resealed(body)
        #expect(throws: BlockError.self) { _ = try BlockReader(damaged, strings: strings).rows() }
    }

    @Test func `keeps a histogram of saturated counts out`() throws {
        let bucket = Histogram.Bucket(index: 5, count: .max)
        let one = try #require(
            Histogram(buckets: [bucket], sumNanoseconds: 1, minNanoseconds: 1, maxNanoseconds: 1)
        )
        var row = BlockRow(edge: 1)
        row.metrics.rtt = one
        let block = try BlockWriter(strings: [:]).encode([row])
        #expect(try BlockReader(block, strings: [:]).rows() == [row])
        var two = Histogram()
        two.record(nanoseconds: 1_000)
        row.metrics.rtt.merge(two)
        // The count saturates, so the buckets no longer add up to it.
        #expect(throws: BlockError.unstorable(.histogram)) { _ = try BlockWriter(strings: [:]).encode([row]) }
    }

    @Test func `has the bytes that the format page shows`() throws {
        var row = BlockRow(edge: 5)
        row.metrics.packets = DirectionalCount(sent: 3, received: 2)
        row.dialled = [BlockRow.Dialled(endpoint: 0, port: 0, connections: 1)]
        let block = try BlockWriter(strings: [:]).encode([row])
        let body: [UInt8] = [
            1,  // groups
            5, 1, 46,  // first edge, edges, bytes
            244, 89, 1, 30,  // CRC-32C of the bytes from here on
            0,  // no other edges
            0,  // nothing established
            24, 3, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // counters
            3, 255, 255, 255,  // times
            1, 0,  // protocols
            6, 3, 1, 0, 0, 3, 2,  // dialled
            2, 0, 255,  // handshakes
            1, 0,  // samples
            0,  // activity
        ]
        #expect(Array(block.prefix(5)) == Array("SVWB".utf8) + [4])
        #expect(Array(block.dropFirst(9)) == body)
    }
}

@Suite struct `Window block of version 1` {
    /// As the first build wrote it: the example that the format page had then.
    private static let bytes: [UInt8] =
        Array("SVWB".utf8) + [1] + [12, 148, 17, 202]
        + [
            1, 5, 1, 39,  // groups, first edge, edges, bytes
            25, 3, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // counters
            3, 0, 0, 0,  // times
            1, 0,  // protocols
            6, 3, 1, 0, 0, 3, 1,  // dialled
        ]

    @Test func `is read`() throws {
        var row = BlockRow(edge: 5)
        row.metrics.packets = DirectionalCount(sent: 3, received: 2)
        row.dialled = [BlockRow.Dialled(endpoint: 0, port: 0, connections: 1)]
        let reader = try BlockReader(Self.bytes, strings: [:])
        #expect(try reader.rows() == [row])
        #expect(try reader.row(edge: 5) == row)
    }

    @Test func `does not pass for version 2`() {
        var bytes = Self.bytes
        bytes[4] = 2
        #expect(throws: BlockError.checksumMismatch) { _ = try BlockReader(bytes, strings: [:]) }
    }
}

@Suite struct `Window block of version 2` {
    /// As the build that wrote it did: no header fields behind the samples.
    private static let bytes: [UInt8] =
        Array("SVWB".utf8) + [2] + [42, 138, 50, 44]
        + [
            1, 5, 1, 44,  // groups, first edge, edges, bytes
            25, 3, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // counters
            3, 0, 0, 0,  // times
            1, 0,  // protocols
            6, 3, 1, 0, 0, 3, 1,  // dialled
            2, 0, 0,  // handshakes
            1, 0,  // samples
        ]

    @Test func `is read`() throws {
        var row = BlockRow(edge: 5)
        row.metrics.packets = DirectionalCount(sent: 3, received: 2)
        row.dialled = [BlockRow.Dialled(endpoint: 0, port: 0, connections: 1)]
        #expect(try BlockReader(Self.bytes, strings: [:]).rows() == [row])
    }
}

@Suite struct `Window block of version 3` {
    /// As the build that wrote it did: nothing behind the samples.
    private static let bytes: [UInt8] =
        Array("SVWB".utf8) + [3] + [40, 52, 180, 235]
        + [
            1, 5, 1, 44,  // groups, first edge, edges, bytes
            25, 3, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // counters
            3, 0, 0, 0,  // times
            1, 0,  // protocols
            6, 3, 1, 0, 0, 3, 1,  // dialled
            2, 0, 0,  // handshakes
            1, 0,  // samples
        ]

    @Test func `is read`() throws {
        var row = BlockRow(edge: 5)
        row.metrics.packets = DirectionalCount(sent: 3, received: 2)
        row.dialled = [BlockRow.Dialled(endpoint: 0, port: 0, connections: 1)]
        #expect(try BlockReader(Self.bytes, strings: [:]).rows() == [row])
    }
}

@Suite struct `Damaged window block` {
    private let sample = BlockSample(seed: 11, rows: 30)

    @Test func `is told by its checksum, whichever bit changed`() throws {
        let bytes = try sample.encoded()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: BlockError.self) { _ = try BlockReader(damaged, strings: sample.strings) }
        }
        var damaged = bytes
        damaged[bytes.count / 2] ^= 0x10
        #expect(throws: BlockError.checksumMismatch) { _ = try BlockReader(damaged, strings: sample.strings) }
    }

    @Test func `is refused when cut anywhere`() throws {
        let bytes = try sample.encoded()
        for length in 0..<bytes.count {
            #expect(throws: BlockError.self) {
                _ = try BlockReader(Array(bytes.prefix(length)), strings: sample.strings)
            }
        }
    }

    @Test func `says which version it does not know`() throws {
        var bytes = try sample.encoded()
        bytes[4] = 9
        #expect(throws: BlockError.unknownVersion(9)) { _ = try BlockReader(bytes, strings: sample.strings) }
    }

    @Test func `says which id no dictionary has`() throws {
        let reader = try BlockReader(sample.encoded(), strings: [:])
        #expect(throws: BlockError.self) { _ = try reader.rows() }
    }

    /// The checksum is made right again, so that the bytes reach the decoder.
    @Test(arguments: 0..<300)
    func `never traps on bytes that carry a right checksum`(seed: Int) throws {
        var dice = RandomReports(seed: UInt64(seed) &+ 1_000)
        var body = Array(try sample.encoded().dropFirst(9))
        var refused = 0
        for _ in 0..<20 {
            switch dice.number(4) {
            case 0: body = Array(body.prefix(dice.number(body.count + 1)))
            case 1: body.insert(0xFF, at: dice.number(body.count + 1))
            default:
                for _ in 0..<1 + dice.number(4) where !body.isEmpty {
                    body[dice.number(body.count)] = UInt8(truncatingIfNeeded: dice.next())
                }
            }
            do {
                _ = try BlockReader(resealed(body), strings: sample.strings).rows()
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0, "seed \(seed)")
    }

    @Test func `never allocates more than its bytes can fill`() {
        // One edge, whose sections claim 2^60 of everything.
        var section = ByteWriter()
        section.append(byte: 3)
        section.append(varint: 1 << 60)
        var cursor = ByteCursor(section.bytes)
        #expect(throws: BlockError.malformed(offset: 0)) {
            _ = try CounterColumn.readCounts(1, from: &cursor)
        }
    }
}
