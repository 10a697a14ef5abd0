// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph
package import HTTPTypes
import Render

/// What went wrong, in the terms of HTTP: the only place that knows status codes of errors.
///
/// - SeeAlso: RFC 9457.
package struct Problem: Error, Equatable, Sendable {
    /// Counts of a graph and the limits it passed.
    package struct Excess: Equatable, Sendable, Encodable {
        package let nodes: Int
        package let edges: Int
        /// `nil` where nodes do not matter.
        package let maximumNodes: Int?
        package let maximumEdges: Int
    }

    package let status: HTTPResponse.Status
    /// The last part of the problem's type; `nil` where the status says it all.
    package let kind: String?
    package let detail: String
    package var parameter: String?
    package var suggestion: String?
    package var excess: Excess?
    /// The shortest step that can be answered, in seconds.
    package var step: Int64?
    /// The part of an expression that is wrong.
    package var span: SourceSpan?
    package var headers = HTTPFields()

    /// What to do about a graph that is too large.
    private static let smaller =
        "Choose level namespace or service, a filter, a focus, only the top edges, or a shorter window."

    private init(_ status: HTTPResponse.Status, kind: String? = nil, _ detail: String) {
        self.status = status
        self.kind = kind
        self.detail = detail
    }
}

// MARK: - The client's doing

extension Problem {
    /// 400 for a request that cannot be read.
    package static func badRequest(_ detail: String) -> Problem { Problem(.badRequest, detail) }

    /// 400 that names the parameter at fault.
    package static func badParameter(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.badRequest, kind: "bad-parameter", detail)
        problem.parameter = name
        return problem
    }

    /// 400 for an expression, with the place of the mistake.
    package static func badExpression(_ name: String, _ error: ExpressionError) -> Problem {
        var problem = badParameter(name, "The expression cannot be used: \(error.message).")
        problem.span = error.span
        problem.suggestion = error.hint
        return problem
    }

    /// 401: the page shows its login, other clients learn how to send the token.
    static let unauthorized: Problem = {
        var problem = Problem(.unauthorized, kind: "unauthorized", "This map is read with its token.")
        problem.headers[.wwwAuthenticate] = "Bearer realm=\"svcmap\""
        problem.suggestion = "Send it as \"Authorization: Bearer TOKEN\", or log in on the page."
        return problem
    }()

    static let unsupportedMediaType = Problem(.unsupportedMediaType, "The body must be application/json.")

    static let foreignOrigin = Problem(
        .forbidden,
        kind: "foreign-origin",
        "The request was started by another site."
    )

    static let notFound = Problem(.notFound, "There is nothing at this path.")

    /// 405, with the methods that a path has.
    static func methodNotAllowed(has methods: String) -> Problem {
        var problem = Problem(.methodNotAllowed, "This path has \(methods) only.")
        problem.headers[.allow] = methods
        return problem
    }

    static let notAcceptable: Problem = {
        let types = GraphFormat.allCases.map { "\($0.mediaType.type)/\($0.mediaType.subtype)" }
        return Problem(.notAcceptable, "The graph is served as \(types.joined(separator: ", ")).")
    }()

    static let bodyRefused: Problem = {
        var problem = Problem(.contentTooLarge, "Requests have no body here.")
        problem.headers[.connection] = "close"
        return problem
    }()

    static let uriTooLong = Problem(
        .uriTooLong,
        "The request target is longer than \(RequestGate.maximumTargetLength) bytes."
    )

    static let misdirected: Problem = {
        var problem = Problem(
            .misdirectedRequest,
            kind: "foreign-host",
            "The Host header names another machine than this server knows itself to be."
        )
        problem.suggestion =
            "Open http://localhost with the same port, or start the server with --allowed-host and the name."
        return problem
    }()

    /// 422 for a graph that cannot be drawn, or has more edges than somebody can take.
    static func tooLarge(_ excess: Excess) -> Problem {
        let limit =
            excess.maximumNodes.map {
                "pictures are drawn up to \($0) nodes and \(excess.maximumEdges) edges."
            } ?? "at most \(excess.maximumEdges) edges were asked for."
        var problem = Problem(
            .unprocessableContent,
            kind: "graph-too-large",
            "The graph has \(excess.nodes) nodes and \(excess.edges) edges; \(limit)"
        )
        problem.excess = excess
        problem.suggestion = smaller
        return problem
    }
}

extension Problem {
    /// 404 for a part that the graph of the range does not have.
    static func noSuch(_ part: String) -> Problem {
        Problem(
            .notFound,
            kind: "not-in-graph",
            "The graph of this range and level has no \(part) with this id."
        )
    }

    /// 422 for a replay that would be too large.
    ///
    /// - Parameters:
    ///   - edges: How many edges the view has.
    ///   - seconds: The shortest step with which it would not be; `nil` where there is none.
    /// - Returns: The problem.
    static func tooManyCells(edges: Int, shortestStep seconds: Int64?) -> Problem {
        var problem = Problem(
            .unprocessableContent,
            kind: "too-many-cells",
            "The view has \(edges) edges; edges times steps are at most \(FrameParameters.maximumCells)."
        )
        problem.step = seconds
        problem.suggestion = seconds.map { "Ask with step=\($0)s or longer." } ?? smaller
        return problem
    }
}

// MARK: - Our doing

extension Problem {
    static let busy: Problem = {
        var problem = Problem(.serviceUnavailable, kind: "busy", "Too many requests are waiting.")
        problem.headers[.retryAfter] = "2"
        return problem
    }()

    static let storeUnreadable = Problem(
        .serviceUnavailable,
        kind: "store-unreadable",
        "The store could not be read; the server's log says why."
    )

    static let pictureUnavailable: Problem = {
        var problem = Problem(
            .serviceUnavailable,
            kind: "picture-failed",
            "The picture could not be drawn within its limits; the server's log says why."
        )
        problem.suggestion = smaller
        return problem
    }()

    /// 501 for a form of the picture that this machine has no program for.
    static func noConverter(_ error: RenderError) -> Problem {
        var problem = Problem(.notImplemented, kind: "no-converter", "\(error.message).")
        problem.suggestion = error.remedy
        return problem
    }

    static let internalError = Problem(
        .internalServerError,
        "The server failed in a way it did not expect; its log says more."
    )
}
