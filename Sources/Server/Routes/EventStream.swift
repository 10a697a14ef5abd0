// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Hummingbird
import ServiceLifecycle

/// The events of one reader, each made when it is asked for.
package actor EventStream {
    /// When what is told.
    package struct Timing: Sendable {
        /// How often the store is looked at.
        package var interval = Duration.seconds(1)
        /// Silence is broken by a comment, so that proxies and readers know that the line stands.
        package var heartbeat = Duration.seconds(15)
        /// A reader who took longer for an event than this begins anew.
        package var maximumLag = Duration.seconds(30)

        package init() {}
    }

    private let watch: StoreWatch
    private let timing: Timing
    /// Held for as long as the stream is open.
    private let ticket: StreamCount.Ticket?
    private var told: StoreState?
    private var number = 0
    private var isBegun = false
    private var lastEvent = ContinuousClock.now

    init(watch: StoreWatch, ticket: StreamCount.Ticket) {
        self.watch = watch
        self.ticket = ticket
        timing = Timing()
    }

    /// A stream that takes no place among others.
    ///
    /// - Parameters:
    ///   - graphs: Tells what is stored.
    ///   - timing: When what is told.
    package init(graphs: any GraphSource, timing: Timing) {
        watch = StoreWatch(graphs: graphs)
        ticket = nil
        self.timing = timing
    }

    /// The stream as it goes over the line.
    package nonisolated var bytes: AsyncStream<ByteBuffer> {
        AsyncStream { await self.next() }
    }

    private func next() async -> ByteBuffer? {
        if !isBegun {
            isBegun = true
            return await tell(await watch.state(), prefix: "retry: 3000\n")
        }
        if lastEvent.duration(to: .now) > timing.heartbeat + timing.maximumLag {
            return await tell(await watch.state(), prefix: event("resync", "{\"version\":1}"))
        }
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let state = await watch.state()
            if state != told { return await tell(state) }
            if lastEvent.duration(to: .now) >= timing.heartbeat {
                lastEvent = .now
                return ByteBuffer(string: ": nothing new\n\n")
            }
            try? await Task.sleep(for: timing.interval)
        }
        return nil
    }

    private func tell(_ state: StoreState, prefix: String = "") async -> ByteBuffer {
        let wasReadable = if case .readable = told { true } else { false }
        told = state
        lastEvent = .now
        var text = prefix
        switch state {
        case .unreadable:
            text += event("status", #"{"version":1,"store":"unreadable"}"#)
        case .readable(_, let stored):
            if !wasReadable { text += event("status", #"{"version":1,"store":"readable"}"#) }
            let range = stored.map { #","from":"\#($0.start)","to":"\#($0.end)""# } ?? ""
            text += event("windows", #"{"version":1\#(range)}"#)
        }
        return ByteBuffer(string: text)
    }

    private func event(_ name: String, _ data: String) -> String {
        number += 1
        return "id: \(number)\nevent: \(name)\ndata: \(data)\n\n"
    }
}
