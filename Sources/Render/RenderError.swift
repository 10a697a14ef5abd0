// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why a picture could not be drawn, with one line on what to do about it.
package struct RenderError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: Sendable {
        /// The layout took longer than its deadline.
        case timedOut
        /// The worker wrote more than it may.
        case outputTooLarge
        /// The worker could not be started, ended early or answered nonsense.
        case workerFailed
        /// More layouts wait than may.
        case busy
        /// What makes PNG and PDF is not installed.
        case noConverter
    }

    package let code: Code
    package let message: String
    package let remedy: String

    package init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message); \(remedy)" }

    static func timedOut(after limit: Duration) -> RenderError {
        RenderError(
            .timedOut,
            "the layout took longer than \(limit.components.seconds) s",
            remedy: "narrow the graph (namespace, level service or namespace) or export DOT or JSON instead"
        )
    }

    static let busy = RenderError(
        .busy,
        "more than \(LayoutPool.maximumWaiting) layouts are waiting",
        remedy: "try again in a moment"
    )

    static let noConverter = RenderError(
        .noConverter,
        "PNG and PDF need librsvg's rsvg-convert, which is not installed",
        remedy: "apt install librsvg2-bin, or take the SVG"
    )

    static func outputTooLarge(limit: Int) -> RenderError {
        RenderError(
            .outputTooLarge,
            "the layout is larger than \(limit) bytes",
            remedy: "narrow the graph (namespace, level service or namespace) or export DOT or JSON instead"
        )
    }

    static func workerFailed(_ reason: String) -> RenderError {
        RenderError(
            .workerFailed,
            "the layout process failed (\(reason))",
            remedy:
                "check that Graphviz is installed (apt install libgraphviz-dev), or export DOT or JSON instead"
        )
    }
}
