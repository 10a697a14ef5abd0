// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Foundation
import Graph
import Render
import Storage

extension LayoutOptions.Kind: ExpressibleByArgument {}
extension LayoutOptions.Hubs: ExpressibleByArgument {}
extension LayoutOptions.Boxes: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the map of a store as DOT, SVG, PNG, PDF, JSON, Mermaid, CSV, GraphML or a table.",
        discussion: """
            Equal maps give equal bytes, so the output can be kept in git:

              svcmap export --dot --store map.db > map.dot

            A part of it, by an expression, around a node, or the busiest edges:

              svcmap export --table --filter 'edge.errorRate > 0.01'
              svcmap export --svg --focus workload/shop/Deployment/cart --depth 2 -o cart.svg
              svcmap export --json --level namespace --top 50
            """
    )

    enum Format: String, EnumerableFlag {
        case dot
        case svg
        case png
        case pdf
        case json
        case mermaid
        case csv
        case graphml
        case table

        static func help(for value: Format) -> ArgumentHelp? {
            switch value {
            case .dot: "Graphviz DOT."
            case .svg: "A picture, laid out by Graphviz."
            case .png: "The same picture in pixels (needs rsvg-convert, of librsvg)."
            case .pdf: "The same picture for printing (needs rsvg-convert, of librsvg)."
            case .json: "The graph as JSON, with every number."
            case .mermaid: "A Mermaid flowchart, for Markdown."
            case .csv: "Comma-separated values, a line for each edge, for spreadsheets."
            case .graphml: "GraphML, for Gephi, yEd, Cytoscape and NetworkX."
            case .table: "A table of edges for a terminal."
            }
        }
    }

    @Flag(exclusivity: .exclusive)
    var format: Format

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file")
    )
    var output: String?

    @Option(help: "How pictures are arranged: layered, radial or compact.")
    var layout = LayoutOptions.Kind.layered

    @Option(
        help: ArgumentHelp(
            "What pictures have boxes around, and what JSON tells of nodes: namespace, none, or label:KEY.",
            valueName: "boxes"
        )
    )
    var boxes = LayoutOptions.Boxes.namespace

    @Option(help: "In pictures, nodes that nearly everything speaks with: fold to tags, or show.")
    var hubs = LayoutOptions.Hubs.fold

    @OptionGroup var range: RangeOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let settings = try await Settings(
            options: common.settings.merging(range.settings) { first, _ in first },
            configurationFile: common.config
        )
        var query = try range.query(settings: settings)
        query.boxLabel = boxes.label
        let store = try WindowStore(
            path: settings.string(.store, default: CommonOptions.defaultStore),
            access: .readOnly
        )
        let graph: ServiceGraph
        do {
            graph = try GraphReader(store: store).graph(query).graph
        } catch let error as ViewError {
            throw UsageError(expression: error.text, option: error.part.rawValue, error.error)
        }
        OmissionNotes.tell(graph, query: query)
        try write(try await bytes(of: graph, details: query.include))
    }

    private func bytes(of graph: ServiceGraph, details: Set<GraphDetail>) async throws -> [UInt8] {
        let renderer = PictureRenderer(workerPath: ExecutablePath.current)
        let options = LayoutOptions(kind: layout, boxes: boxes, hubs: hubs)
        switch format {
        case .dot: return Array(DOTWriter.write(graph).utf8)
        case .svg: return Array(try await renderer.draw(graph, options: options).svg.utf8)
        case .png: return try await renderer.convert(renderer.draw(graph, options: options), to: .png)
        case .pdf: return try await renderer.convert(renderer.draw(graph, options: options), to: .pdf)
        case .json: return Array(GraphJSON.encode(graph, details: details).utf8)
        case .mermaid: return Array(MermaidWriter.write(graph).utf8)
        case .csv: return Array(CSVWriter.write(graph).utf8)
        case .graphml: return Array(GraphMLWriter.write(graph).utf8)
        case .table: return Array(GraphTable.write(graph).utf8)
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        guard let output else {
            // A reader such as head may have gone: not our failure.
            signal(SIGPIPE, SIG_DFL)
            FileHandle.standardOutput.write(Data(bytes))
            return
        }
        do {
            try Data(bytes).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw UsageError("cannot write \(output): \(error.localizedDescription)")
        }
    }
}
