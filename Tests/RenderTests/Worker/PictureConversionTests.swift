// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph
import Render
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Pictures as PNG and PDF` {
    private static let isInstalled = ["/usr/bin", "/usr/local/bin"].contains {
        FileManager.default.isExecutableFile(atPath: $0 + "/rsvg-convert")
    }

    private let limits: WorkerLimits = {
        // Other suites take all processors meanwhile.
        var limits = WorkerLimits()
        limits.deadline = .seconds(120)
        return limits
    }()

    private func convert(_ graph: ServiceGraph, to format: PictureConversion.Format) async throws -> [UInt8] {
        let renderer = PictureRenderer(workerPath: BuiltProducts.svcmap, limits: limits)
        return try await renderer.convert(renderer.draw(graph), to: format)
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    @Test(.enabled(if: isInstalled, "install librsvg2-bin to test PNG and PDF"))
    func `draw the same size, two pixels to a point`() async throws {
        let renderer = PictureRenderer(workerPath: BuiltProducts.svcmap, limits: limits)
        let picture = try await renderer.draw(ShopGraph.make())
        let root = try #require(XMLStructure(picture.svg).elements.first).attributes
        let width = try #require(root["width"].flatMap(Double.init))
        let png = try await renderer.convert(picture, to: .png)
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(abs(Double(number(png[16..<20])) - 2 * width) <= 2)
        let pdf = try await renderer.convert(picture, to: .pdf)
        #expect(pdf.starts(with: Array("%PDF-".utf8)))
    }

    @Test(.enabled(if: isInstalled, "install librsvg2-bin to test PNG and PDF"))
    func `bear names that attack`() async throws {
        let png = try await convert(HostileNames.graph(), to: .png)
        #expect(png.count > 1_000)
    }

    @Test(.enabled(if: isInstalled, "install librsvg2-bin to test PNG and PDF"))
    func `draw large maps smaller`() async throws {
        let png = try await convert(RealisticGraph.make(nodes: 500, edges: 1_500), to: .png)
        #expect(number(png[16..<20]) * number(png[20..<24]) <= 66_000_000)
    }

    @Test func `end with one line where the worker fails`() async throws {
        let graph = ServiceGraph(window: ShopGraph.window, level: .service)
        let renderer = PictureRenderer(workerPath: "/nonexistent")
        let error = await #expect(throws: RenderError.self) {
            _ = try await renderer.convert(renderer.draw(graph), to: .png)
        }
        #expect(error?.code == .workerFailed)
    }
}
