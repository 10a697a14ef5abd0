// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import HTTPTypes
import Hummingbird
import ServiceLifecycle
import Synchronization

/// `/api/v1/events`: server-sent events that tell when there is something new to ask for.
///
/// Nothing is buffered for anybody: an event is made when the reader takes it, from what is true
/// then. A reader who took long is told to begin anew.
///
/// - SeeAlso: HTML Living Standard section 9.2, Server-sent events.
struct EventRoutes {
    /// Streams open at once; further ones get 503 and may poll.
    static let maximumStreams = 256

    let watch: StoreWatch
    let streams = StreamCount()

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/events") { request, _ in
            try QueryItems(request.uri.query).requireNone()
            guard let ticket = streams.admit() else { throw Problem.busy }
            var headers = HTTPFields()
            headers[.contentType] = "text/event-stream"
            headers[.cacheControl] = "no-store"
            let stream = EventStream(watch: watch, ticket: ticket)
            return Response(status: .ok, headers: headers, body: ResponseBody(asyncSequence: stream.bytes))
        }
    }
}

/// How many streams are open.
final class StreamCount: Sendable {
    /// One open stream, until it is forgotten.
    final class Ticket: Sendable {
        private let count: StreamCount

        fileprivate init(_ count: StreamCount) { self.count = count }

        deinit { count.open.withLock { $0 -= 1 } }
    }

    private let open = Mutex(0)

    func admit() -> Ticket? {
        let isAdmitted = open.withLock { open in
            guard open < EventRoutes.maximumStreams else { return false }
            open += 1
            return true
        }
        return isAdmitted ? Ticket(self) : nil
    }
}
