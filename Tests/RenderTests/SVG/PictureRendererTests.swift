// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Render
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct `Picture renderer` {
    @Test func `draws the shop`() async throws {
        let svg = try await PictureRenderer(workerPath: BuiltProducts.svcmap()).svg(ShopGraph.make())
        if let path = ProcessInfo.processInfo.environment["SVCMAP_TEST_PICTURE"] {
            try Data(svg.utf8).write(to: URL(filePath: path))
        }
        #expect(svg.hasPrefix("<svg "))
    }
}
