// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// Makes a graph of stored windows without making reports of them.
///
/// ```text
/// range → runs of tiles → headers → blocks: which pair is each row? ─┐
///              ↑ rows whose ends changed meanwhile: finer tiles ─────┤
///                                     blocks: sums by slot ←─────────┘
/// ```
///
/// Blocks are read twice: which edge of the graph a row belongs to may depend on rows after it.
package final class GraphFold {
    /// Blocks up to so many bytes in all are kept: from the first reading for the second, and then for histograms
    /// that somebody looks into.
    ///
    /// Of more than that none is: they are read once more each time.
    package static let maximumKeptBytes = 192 << 20
    /// Buckets of histograms to make room for, at most: more of them grow, which takes copying.
    static let maximumRoom = 64 << 20

    /// A block of which some rows count.
    struct Placed {
        let block: PartBlock
        let header: PartHeader
        /// By row: twice the pair, plus 1 where it is turned; less than 0 where it is left out.
        var rows: [Int32]
        /// Which of its edges were asked for.
        let only: EdgeChoice?
        /// The block, where it was kept.
        var reader: BlockReader?
    }

    let database: Database
    let tiles: TilePlan
    private let path: String
    private let maximumKeptBytes: Int
    private(set) var placer: RowPlacer
    private(set) var placed: [Placed] = []
    private(set) var spans: ObservedSpans
    private(set) var coverage = Coverage()
    /// By id, in the order they were met: their number, and who they are.
    private(set) var reporters: [UInt64: (number: Int, reporter: Reporter)] = [:]
    /// The last base window of each reporter in the range.
    private var lastStarts: [UInt64: Timestamp] = [:]
    private var strings: [UInt64: String] = [:]
    /// The whole dictionary of strings, both ways, for blocks of old versions.
    private var allStrings: [UInt64: String] = [:]
    private var allTexts = StringTexts()
    /// How long the blocks are of which some rows count.
    private(set) var bytesPlaced = 0
    /// Whether blocks are kept.
    var keepsBlocks: Bool { bytesPlaced <= maximumKeptBytes }

    /// For sums that live no longer than this.
    var histograms: FoldedHistograms {
        FoldedHistograms(keepsBlocks ? .noted : .summed(.all, room: min(2 * bytesPlaced, Self.maximumRoom)))
    }

    /// Finds out which rows belong where.
    ///
    /// - Parameters:
    ///   - query: What to make a graph of.
    ///   - tiles: The windows that answer it.
    ///   - resolver: Tells what endpoints were.
    ///   - dictionary: What is known of the dictionaries.
    ///   - selection: Which edges, where not all.
    ///   - database: A snapshot.
    ///   - path: The store, for errors.
    ///   - maximumKeptBytes: Of blocks.
    ///   - isExact: Whether it must be known who was at the ends, also where they are one node.
    /// - Throws: `StorageError`, and what SQLite says.
    init(
        _ query: GraphQuery,
        _ tiles: TilePlan,
        resolver: IdentityResolver,
        dictionary: FoldDictionary,
        selection: Selection? = nil,
        _ database: Database,
        path: String,
        maximumKeptBytes: Int,
        isExact: Bool = false
    ) throws {
        self.database = database
        self.tiles = tiles
        self.path = path
        self.maximumKeptBytes = maximumKeptBytes
        placer = RowPlacer(query: query, resolver: resolver, isExact: isExact, dictionary: dictionary)
        spans = ObservedSpans(range: tiles.window)
        let headers = try tiles.runs.map { run in
            let headers = try PartHeader.headers(of: run, database)
            for header in headers { try note(header, isBase: run.resolution.finer == nil) }
            return headers
        }
        if let selection { placer.note(namesOf: selection.names) }
        for (run, headers) in zip(tiles.runs, headers) {
            try place(run, headers, only: selection?.edges)
        }
    }

    /// Whether the gauges of rows count: those of the reporter's last window in the range.
    func holdsGauges(_ header: PartHeader) -> Bool { lastStarts[header.reporter] == header.lastStart }

    /// Where every row belongs.
    private(set) lazy var graph: PlacedGraph = placer.plan.placed()

    func text(_ string: UInt64) throws -> String { try placer.string(string, database) }

    /// The dictionaries, as far as they were needed.
    var dictionary: FoldDictionary { placer.dictionary }

    // MARK: - Headers

    private func note(_ header: PartHeader, isBase: Bool) throws {
        let reporter = try reporter(header.reporter)
        let last = lastStarts[header.reporter] ?? header.lastStart
        lastStarts[header.reporter] = max(last, header.lastStart)
        if header.edges > 0 { placer.note(cluster: try text(header.cluster)) }
        try naming(header) {
            if isBase {
                let detail = try withStrings { strings throws(BlockError) in
                    try ReportDetail(header.detail, strings: strings)
                }
                coverage.merge(detail.coverage)
                for span in header.observed { spans.note(span, reporter: reporter.number) }
            } else {
                let detail = try withStrings { strings throws(BlockError) in
                    try SummaryDetail(header.detail, strings: strings)
                }
                coverage.merge(detail.coverage)
                for span in detail.observed { spans.note(span, reporter: reporter.number) }
            }
        }
    }

    private func reporter(_ id: UInt64) throws -> (number: Int, reporter: Reporter) {
        if let known = reporters[id] { return known }
        let rows = try RawRows(
            try database.cachedStatement(sql: "SELECT identity, name FROM reporter WHERE id = ?"),
            [Int64(clamping: id)]
        )
        guard try rows.next() else { throw BlockError.unknownID(id) }
        let reporter = Reporter(id: try rows.string(0), name: try rows.string(1))
        reporters[id] = (reporters.count, reporter)
        return (reporters.count - 1, reporter)
    }

    /// Reads something that names few strings, with no more of the dictionary than that.
    private func withStrings<T>(_ body: ([UInt64: String]) throws(BlockError) -> T) throws -> T {
        while true {
            do {
                return try body(strings)
            } catch BlockError.unknownID(let id) where strings[id] == nil {
                strings[id] = try text(id)
            }
        }
    }

    // MARK: - Rows

    /// Places the rows of a run, and those that it cannot tell from finer windows.
    private func place(_ run: TilePlan.Run, _ headers: [PartHeader], only: EdgeChoice?) throws {
        var choices = isBase(run) ? try localities(headers) : [:]
        var unclear: [Timestamp: Set<UInt64>] = [:]
        var next = 0
        var found: Int64 = 0
        func finish(_ header: PartHeader) throws {
            guard only == nil, found != header.edges else { return }
            throw damaged(header, "a block is missing")
        }
        for block in try PartBlock.blocks(of: run, having: only, database) {
            while next < headers.count, !block.belongs(to: headers[next]) {
                try finish(headers[next])
                next += 1
                found = 0
            }
            guard next < headers.count else { throw WrongColumn(column: 0) }
            let header = headers[next]
            try naming(header) {
                let origin = try origin(of: block, header, run, choices[header.window.start])
                found += try place(block, header, origin, only: only) {
                    unclear[header.window.start, default: []].insert($0)
                }
            }
        }
        while next < headers.count {
            try finish(headers[next])
            next += 1
            found = 0
        }
        choices = [:]
        guard let finer = run.resolution.finer else { return }
        for (start, edges) in unclear.sorted(by: { $0.key < $1.key }) {
            let window = Window(start: start, end: start + run.resolution.nanoseconds)
            let parts = TilePlan.Run(resolution: finer, window: window)
            try place(parts, try PartHeader.headers(of: parts, database), only: EdgeChoice(edges))
        }
    }

    /// Places the rows of a block.
    ///
    /// - Returns: How many it has.
    private func place(
        _ block: PartBlock,
        _ header: PartHeader,
        _ origin: RowPlacer.Origin,
        only: EdgeChoice?,
        unclear: (UInt64) -> Void
    ) throws -> Int64 {
        let reader = try reader(of: block, only: only)
        let bytes = reader.bytes
        placer.begin(shard: block.shard)
        var rows: [Int32] = []
        rows.reserveCapacity(reader.groups.reduce(0) { $0 + $1.edges })
        var isAnyKept = false
        var dialled: [BlockRow.Dialled] = []
        var previous: UInt64 = 0
        for group in reader.groups {
            var index = try GroupIndex(group, bytes)
            for row in 0..<group.edges {
                let edge = index.ids[row]
                guard edge > previous else { throw BlockError.malformed(offset: group.offset) }
                guard BlockFormat.shard(of: edge) == block.shard else { throw BlockError.unknownID(edge) }
                previous = edge
                dialled.removeAll(keepingCapacity: true)
                try index.append(dialledOf: row, to: &dialled)
                if let only, !only.contains(edge) {
                    rows.append(-1)
                    continue
                }
                let activity = try index.activity(of: row)
                let place = try placer.place(
                    edge,
                    activity: Window(
                        start: origin.window.start + activity.first * Window.baseNanoseconds,
                        end: origin.window.start + (activity.last + 1) * Window.baseNanoseconds
                    ),
                    spans: index.spans(of: row, in: origin.window),
                    origin,
                    database,
                    dialled: dialled
                )
                switch place {
                case .pair(let pair, let isTurned):
                    rows.append(Int32(truncatingIfNeeded: pair * 2 + (isTurned ? 1 : 0)))
                    isAnyKept = true
                case .leftOut: rows.append(-1)
                case .ambiguous:
                    rows.append(-1)
                    unclear(edge)
                }
            }
        }
        if isAnyKept {
            let kept = keepsBlocks
            bytesPlaced += bytes.count
            let part = Placed(block: block, header: header, rows: rows, only: only, reader: reader)
            placed.append(part)
            if !keepsBlocks {
                for index in kept ? placed.indices : placed.indices.suffix(1) { placed[index].reader = nil }
            }
        }
        return Int64(rows.count)
    }

    /// Reads a block, or the groups of it that may have some edges; one of an old version is made one of the current.
    ///
    /// - Parameters:
    ///   - block: The block.
    ///   - only: The edges; all by default.
    ///   - isChecked: Whether it was read before in this snapshot.
    /// - Returns: The block.
    /// - Throws: What is wrong with it, and what SQLite says.
    func reader(of block: PartBlock, only: EdgeChoice?, isChecked: Bool = false) throws -> BlockReader {
        if let only, let reader = try block.groups(of: only.ids(inShard: block.shard), database) {
            return reader
        }
        let bytes = try block.bytes(database)
        let reader = try BlockReader(bytes, strings: [:], isChecked: isChecked)
        guard reader.version < BlockFormat.packedVersion else { return reader }
        if allStrings.isEmpty {
            let rows = try RawRows(try database.cachedStatement(sql: "SELECT id, value FROM string"))
            while try rows.next() { allStrings[try rows.unsigned(0)] = try rows.string(1) }
            allTexts.learn(allStrings)
        }
        let rows = try BlockReader(bytes, strings: allStrings).rows()
        return try BlockReader(BlockWriter(strings: allTexts.ids).encode(rows), strings: [:])
    }

    private func isBase(_ run: TilePlan.Run) -> Bool { run.resolution.finer == nil }

    private func origin(
        of block: PartBlock,
        _ header: PartHeader,
        _ run: TilePlan.Run,
        _ choice: ReporterChoice?
    ) throws -> RowPlacer.Origin {
        let reporter = try reporter(header.reporter)
        let finer = run.resolution.finer
        return RowPlacer.Origin(
            window: header.window,
            isBase: block.isBase,
            isFinest: finer.map { !tiles.isKept($0, from: header.window.start) } ?? true,
            cluster: header.cluster,
            clusterName: try text(header.cluster),
            reporter: reporter.number,
            counting: choice.map { .nearest($0, reporter: reporter.reporter.id) } ?? .kept(block.counted)
        )
    }

    /// Who was near to which clients, in the windows that several reporters reported.
    private func localities(_ headers: [PartHeader]) throws -> [Timestamp: ReporterChoice] {
        var first: [Timestamp: UInt64] = [:]
        var shared: [Timestamp: ReporterChoice] = [:]
        for header in headers {
            let known = first[header.window.start]
            if let known, known != header.reporter { shared[header.window.start] = ReporterChoice() }
            if known == nil { first[header.window.start] = header.reporter }
        }
        for header in headers where shared[header.window.start] != nil {
            let reporter = try reporter(header.reporter).reporter.id
            let detail = try naming(header) {
                try withStrings { strings throws(BlockError) in
                    try ReportDetail(header.detail, strings: strings)
                }
            }
            let addresses = try detail.localAddresses.map {
                LocalAddress(
                    endpoint: try placer.endpoint($0.endpoint, database),
                    locality: $0.locality
                )
            }
            shared[header.window.start]?.note(addresses, reporter: reporter)
        }
        return shared
    }

    // MARK: - Errors

    /// Runs a body whose errors are of one report or summary.
    func naming<T>(_ header: PartHeader, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as BlockError {
            throw damaged(header, "\(error)")
        }
    }

    private func damaged(_ header: PartHeader, _ what: String) -> StorageError {
        let name = reporters[header.reporter]?.reporter.name ?? "\(header.reporter)"
        return StorageError.damaged(
            "window \(header.window.start), reporter \(name), report \(header.sequence): \(what)",
            path: path
        )
    }
}
