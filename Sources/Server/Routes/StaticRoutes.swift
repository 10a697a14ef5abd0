// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Hummingbird

/// The page: every path that no other route has.
struct StaticRoutes {
    let page: any PageSource

    func add(to router: Router<BasicRequestContext>) {
        router.get("/") { request, _ in try await respond(to: request, path: "index.html") }
        router.get("/**") { request, _ in
            try await respond(to: request, path: String(request.uri.path.drop { $0 == "/" }))
        }
    }

    private func respond(to request: Request, path: String) async throws -> Response {
        guard !path.hasPrefix("api/"), let file = try await page.file(at: path) else {
            throw Problem.notFound
        }
        return file.response(to: request)
    }
}
