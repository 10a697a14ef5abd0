// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph
import Render

/// Pictures by their graph and the layout asked for, each drawn once however many ask for it.
package actor PictureCache {
    /// Pictures kept.
    package static let maximumPictures = 32
    /// Pictures being drawn at the same time, each in a process of its own.
    package static let maximumDrawing = 2
    /// Requests that may wait for one picture.
    package static let maximumWaiting = 128

    /// What one picture was asked for.
    private struct Question: Hashable {
        /// The number of its snapshot.
        let graph: Int
        let layout: PictureParameters
        /// `nil` for SVG.
        let format: PictureConversion.Format?
    }

    private let source: any PictureSource
    private var drawn: [(question: Question, picture: Representation)] = []
    private var drawing: [Question: [CheckedContinuation<Representation, any Error>]] = [:]

    package init(source: any PictureSource) {
        self.source = source
    }

    /// The picture of a graph, as SVG where no other format is given.
    func picture(
        of snapshot: GraphSnapshot,
        _ layout: PictureParameters,
        as format: PictureConversion.Format? = nil
    ) async throws -> Representation {
        let question = Question(graph: snapshot.serial, layout: layout, format: format)
        if let index = drawn.firstIndex(where: { $0.question == question }) {
            let entry = drawn.remove(at: index)
            drawn.append(entry)
            return entry.picture
        }
        if let waiting = drawing[question] {
            guard waiting.count < Self.maximumWaiting else { throw Problem.busy }
            return try await withCheckedThrowingContinuation { drawing[question]?.append($0) }
        }
        guard drawing.count < Self.maximumDrawing else { throw Problem.busy }
        drawing[question] = []
        let result = await draw(snapshot.graph, question)
        // Those who waited get the same answer, an error too: drawing again would fail again.
        for continuation in drawing.removeValue(forKey: question) ?? [] { continuation.resume(with: result) }
        let picture = try result.get()
        if drawn.count >= Self.maximumPictures { drawn.removeFirst() }
        drawn.append((question, picture))
        return picture
    }

    private func draw(_ graph: ServiceGraph, _ question: Question) async -> Result<Representation, any Error>
    {
        let (options, keep) = (question.layout.options, question.layout.keep)
        do {
            guard let format = question.format else {
                return .success(
                    Representation(.svg, try await source.svg(graph, options: options, keep: keep))
                )
            }
            let bytes = try await source.converted(graph, options: options, keep: keep, to: format)
            return .success(Representation(format == .png ? .png : .pdf, bytes))
        } catch let error as RenderError where error.code == .noConverter {
            return .failure(Problem.noConverter(error))
        } catch let error as RenderError where error.code == .busy {
            return .failure(Problem.busy)
        } catch {
            return .failure(SourceFailure.picture(error))
        }
    }
}
