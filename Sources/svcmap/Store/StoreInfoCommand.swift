// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import FlowModel
import Foundation
import Storage

struct StoreInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell what a store holds.",
        discussion: """
            A window is dirty until it is rolled up; it is then read from the finer ones. Reports are \
            what windows of 10 s are made of, summaries what longer ones are.
            """
    )

    @Flag(help: "As JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let path = try await common.store().path
        let info = try WindowStore(path: path, access: .readOnly).info()
        let text = json ? try StoreInfoDocument(info).text : table(info, path: path)
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    private func table(_ info: StoreInfo, path: String) -> String {
        func bytes(_ count: some BinaryInteger) -> String { Figures.bytes(UInt64(clamping: count)) }
        let rows =
            [["windows", "count", "from", "to", "parts", "rows", "blocks", "dirty", "kept from"]]
            + info.windows.map { windows in
                [
                    windows.resolution.text, Figures.count(windows.count),
                    windows.first.map(Figures.instant) ?? "-",
                    windows.last.map { Figures.instant($0 + windows.resolution.nanoseconds) } ?? "-",
                    Figures.count(windows.parts), Figures.count(windows.rows), bytes(windows.blockBytes),
                    Figures.count(windows.dirty), windows.keptFrom.map(Figures.instant) ?? "-",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
        }
        return """
            \(Console.printable(path)): schema \(info.schemaVersion), \(bytes(info.bytes)), \
            \(bytes(info.freeBytes)) of them free, and \(bytes(info.logBytes)) of log
            \(Figures.count(info.reporters, "reporter")), \(Figures.count(info.edges, "edge")), \
            \(Figures.count(info.endpoints, "endpoint")), \(Figures.count(info.names, "name")), \
            \(Figures.count(info.strings, "string")), \(Figures.count(info.inventoryFacts, "inventory fact"))

            \(lines.joined(separator: "\n"))

            """
    }
}

/// The same for scripts.
struct StoreInfoDocument: Encodable {
    struct Windows: Encodable {
        let resolution: String
        let count: Int
        let from: String?
        let to: String?
        let parts: Int
        let rows: Int
        let blockBytes: Int
        let dirty: Int
        let keptFrom: String?
    }

    let schema: Int64
    let bytes: Int64
    let freeBytes: Int64
    let logBytes: Int
    let windows: [Windows]
    let reporters: Int
    let edges: Int
    let endpoints: Int
    let names: Int
    let strings: Int
    let inventoryFacts: Int

    init(_ info: StoreInfo) {
        schema = info.schemaVersion
        bytes = info.bytes
        freeBytes = info.freeBytes
        logBytes = info.logBytes
        windows = info.windows.map {
            Windows(
                resolution: $0.resolution.text,
                count: $0.count,
                from: $0.first?.description,
                to: $0.last.map { [length = $0.resolution.nanoseconds] in ($0 + length).description },
                parts: $0.parts,
                rows: $0.rows,
                blockBytes: $0.blockBytes,
                dirty: $0.dirty,
                keptFrom: $0.keptFrom?.description
            )
        }
        reporters = info.reporters
        edges = info.edges
        endpoints = info.endpoints
        names = info.names
        strings = info.strings
        inventoryFacts = info.inventoryFacts
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}
