// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// Pictures by the content of their graph, each drawn once however many ask for it.
package actor PictureCache {
    /// Pictures kept.
    package static let maximumPictures = 32
    /// Pictures being drawn at the same time, each in a process of its own.
    package static let maximumDrawing = 2
    /// Requests that may wait for one picture.
    package static let maximumWaiting = 128

    private let source: any PictureSource
    private var drawn: [(tag: String, picture: Representation)] = []
    private var drawing: [String: [CheckedContinuation<Representation, any Error>]] = [:]

    package init(source: any PictureSource) {
        self.source = source
    }

    func picture(of snapshot: GraphSnapshot) async throws -> Representation {
        let tag = snapshot.json.entityTag
        if let index = drawn.firstIndex(where: { $0.tag == tag }) {
            let entry = drawn.remove(at: index)
            drawn.append(entry)
            return entry.picture
        }
        if let waiting = drawing[tag] {
            guard waiting.count < Self.maximumWaiting else { throw Problem.busy }
            return try await withCheckedThrowingContinuation { drawing[tag]?.append($0) }
        }
        guard drawing.count < Self.maximumDrawing else { throw Problem.busy }
        drawing[tag] = []
        let result = await draw(snapshot.graph)
        // Those who waited get the same answer, an error too: drawing again would fail again.
        for continuation in drawing.removeValue(forKey: tag) ?? [] { continuation.resume(with: result) }
        let picture = try result.get()
        if drawn.count >= Self.maximumPictures { drawn.removeFirst() }
        drawn.append((tag, picture))
        return picture
    }

    private func draw(_ graph: ServiceGraph) async -> Result<Representation, any Error> {
        do {
            return .success(Representation(.svg, try await source.svg(graph)))
        } catch {
            return .failure(SourceFailure.picture(error))
        }
    }
}
