// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Hummingbird

/// `/healthz`, the process lives, and `/readyz`, it can answer from its store.
struct HealthRoutes {
    let graphs: any GraphSource

    func add(to router: Router<BasicRequestContext>) {
        router.get("/healthz") { _, _ in Self.plain("ok\n") }
        router.get("/readyz") { _, _ in
            _ = try await graphs.state()
            return Self.plain("ready\n")
        }
    }

    private static func plain(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
