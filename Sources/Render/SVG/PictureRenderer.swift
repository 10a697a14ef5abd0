// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph

/// A picture and where everything on it stands.
package struct DrawnPicture: Sendable {
    /// The SVG document.
    package let svg: String
    /// Of the document, in points.
    let size: LayoutRequest.Size
    package let arrangement: Arrangement
}

/// Draws graphs: Graphviz lays out in child processes, the SVG is ours.
package struct PictureRenderer: Sendable {
    private let strategy: LayoutStrategy
    private let cache = ArrangementCache()

    /// Prepares to draw; starts no process.
    ///
    /// - Parameters:
    ///   - workerPath: The executable to start with the argument `render-worker`.
    ///   - limits: What one picture may cost.
    package init(workerPath: String, limits: WorkerLimits = WorkerLimits()) {
        let process = LayoutProcess(workerPath: workerPath, limits: limits)
        strategy = LayoutStrategy(pool: LayoutPool(process: process), deadline: limits.deadline)
    }

    /// The picture of a graph.
    ///
    /// A layout that overruns or fails is tried again with less care, within the same deadline;
    /// the picture says so.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - options: How it is to be arranged.
    ///   - keep: The id of an earlier picture whose places stay; an unknown one keeps none.
    /// - Returns: The picture.
    /// - Throws: `RenderError` when the worker overran its time or memory, or failed.
    @concurrent
    package func draw(
        _ graph: ServiceGraph,
        options: LayoutOptions = LayoutOptions(),
        keep: String? = nil
    ) async throws -> DrawnPicture {
        let picture = Picture(graph, options: options)
        let (arrangement, isKept) = try await arrange(picture, options: options, keep: keep)
        let layout = arrangement.layout(of: picture)
        let (svg, size) = SVGWriter.write(picture, layout: layout, arrangement: arrangement, isKept: isKept)
        return DrawnPicture(svg: svg, size: size, arrangement: arrangement)
    }

    /// A picture as PNG or PDF.
    ///
    /// - Throws: `RenderError` when the converter is missing, overran or failed.
    package func convert(
        _ picture: DrawnPicture,
        to format: PictureConversion.Format
    ) async throws -> [UInt8] {
        let conversion = PictureConversion(format, width: picture.size.width, height: picture.size.height)
        return try await strategy.pool.converted(picture.svg, conversion, within: strategy.deadline)
    }

    /// Where everything stands in the picture of a graph.
    ///
    /// - Throws: `RenderError` when the worker overran its time or memory, or failed.
    @concurrent
    package func arrangement(
        of graph: ServiceGraph,
        options: LayoutOptions = LayoutOptions()
    ) async throws -> Arrangement {
        try await arrange(Picture(graph, options: options), options: options, keep: nil).arrangement
    }

    private func arrange(
        _ picture: Picture,
        options: LayoutOptions,
        keep: String?
    ) async throws -> (arrangement: Arrangement, isKept: Bool) {
        var earlier: Arrangement?
        if let keep { earlier = await cache.arrangement(id: keep) }
        let key = picture.layoutKey(options, keep: earlier?.id)
        if let known = await cache.arrangement(key: key) { return (known, earlier != nil) }
        let arrangement: Arrangement
        if let earlier {
            let layout = KeptLayout.layout(picture, keeping: earlier)
            arrangement = Arrangement(picture, layout, earlier.method, previous: earlier)
        } else {
            let (layout, method) = try await strategy.layout(picture, kind: options.kind)
            arrangement = Arrangement(picture, layout, method)
        }
        await cache.remember(arrangement, key: key)
        return (arrangement, earlier != nil)
    }

    // MARK: - For measuring

    /// The layout alone.
    package func layout(
        _ graph: ServiceGraph,
        options: LayoutOptions = LayoutOptions()
    ) async throws -> (layout: Layout, method: LayoutMethod) {
        let picture = Picture(graph, options: options)
        let (layout, method) = try await strategy.layout(picture, kind: options.kind)
        return (layout, method)
    }

    /// What Graphviz alone would be asked for: the whole graph in one piece.
    package static func plainRequest(
        _ graph: ServiceGraph,
        _ engine: LayoutRequest.Engine,
        options: LayoutOptions = LayoutOptions(),
        hasLabels: Bool = false
    ) -> LayoutRequest {
        let attributes = engine == .dot ? Picture.layeredAttributes : Picture.compactAttributes
        return Picture(graph, options: options).request(engine, attributes, hasLabels: hasLabels)
    }
}
