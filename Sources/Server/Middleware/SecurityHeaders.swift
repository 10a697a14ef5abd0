// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
import Hummingbird
import Logging

/// The outermost middleware: every answer leaves with the headers that keep a browser safe,
/// errors included, which it turns into problem documents.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// The page needs nothing but its own files: no inline script or style, no other origin.
    static let pagePolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// A picture that is opened by itself can do nothing at all.
    static let picturePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = Self.problem(for: error, logger: context.logger).response
        }
        if request.method == .head { response = response.createHeadResponse() }
        Self.apply(to: &response)
        return response
    }

    static func apply(to response: inout Response) {
        let isPicture = response.headers[.contentType]?.hasPrefix("image/svg+xml") ?? false
        response.headers[.contentSecurityPolicy] = isPicture ? picturePolicy : pagePolicy
        for field in fields { response.headers[field.name] = field.value }
    }

    private static let fields = [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    private static func problem(for error: any Error, logger: Logger) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let failure as SourceFailure:
            logger.error("\(failure.problem.detail)", metadata: ["cause": "\(failure.cause)"])
            return failure.problem
        case let error as HTTPError where error.status == .notFound:
            return .notFound
        case let error as HTTPError:
            return error.status.code < 500 ? .badRequest("The request could not be read.") : .internalError
        default:
            logger.error("A request failed.", metadata: ["cause": "\(error)"])
            return .internalError
        }
    }
}
