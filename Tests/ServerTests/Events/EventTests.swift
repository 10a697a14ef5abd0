// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Server
import Synchronization
import Testing

/// Server-sent events, read by Python from a socket.
@Suite(.timeLimit(.minutes(5)), .serialized) struct `Events` {
    /// Reads a stream until it has some events; comments between them count for nothing.
    private static let reader = """
        import sys, urllib.request
        answer = urllib.request.urlopen(sys.argv[1], timeout=600)
        print(answer.headers["Content-Type"], answer.headers["Cache-Control"], answer.headers["Content-Encoding"])
        events = 0
        while events < int(sys.argv[2]):
            line = answer.readline().decode().rstrip("\\n")
            print(line, flush=True)
            events += line.startswith("data: ")
        """

    private static func read(port: Int, events: Int, path: String = "/api/v1/events") async throws -> [String]
    {
        let url = "http://127.0.0.1:\(port)\(path)"
        let (output, status) = try await Program.run(["python3", "-c", reader, url, "\(events)"])
        #expect(status == 0)
        return output.components(separatedBy: "\n")
    }

    @Test func `tell what is stored, and again when it changes`() async throws {
        let graphs = ScriptedGraphs.shop()
        let application = try ScriptedServer.application(
            graphs: graphs,
            configuration: ScriptedServer.listening
        )
        try await application.test(.live) { client in
            let port = try #require(client.port)
            async let lines = Self.read(port: port, events: 3)
            // The version of the scripted store counts the questions.
            while !graphs.wasWatched { try await Task.sleep(for: .milliseconds(100)) }
            _ = try await client.execute(uri: "/api/v1/graph?level=pod", method: .get)
            let read = try await lines
            #expect(read.first == "text/event-stream no-store None")
            #expect(
                read.filter { $0.hasPrefix("event: ") } == [
                    "event: status", "event: windows", "event: windows",
                ]
            )
            let window = ShopWindow.json
            #expect(
                read.filter { $0.hasPrefix("data: ") }.suffix(2) == ["data: \(window)", "data: \(window)"]
            )
            #expect(read.filter { $0.hasPrefix("id: ") } == ["id: 1", "id: 2", "id: 3"])
        }
    }

    @Test func `begin anew for a reader who took too long`() async throws {
        var timing = EventStream.Timing()
        timing.heartbeat = .milliseconds(1)
        timing.maximumLag = .milliseconds(200)
        let stream = EventStream(graphs: ScriptedGraphs.shop(), timing: timing)
        var events = stream.bytes.makeAsyncIterator()
        let first = try #require(await events.next())
        #expect(String(buffer: first).hasPrefix("retry: 3000\nid: 1\nevent: status\n"))
        try await Task.sleep(for: .milliseconds(300))
        let second = try #require(await events.next())
        let lines = String(buffer: second).components(separatedBy: "\n")
        #expect(
            lines.filter { $0.hasPrefix("event: ") } == ["event: resync", "event: windows"],
            "What is stored is told again, although nothing changed."
        )
    }

    @Test func `tell that the store cannot be read`() async throws {
        let application = try ScriptedServer.application(
            graphs: ScriptedGraphs.failing(),
            configuration: ScriptedServer.listening
        )
        try await application.test(.live) { client in
            let lines = try await Self.read(port: try #require(client.port), events: 1)
            #expect(lines.contains(#"data: {"version":1,"store":"unreadable"}"#))
        }
    }
}

private enum ShopWindow {
    static let json: String = {
        let window = ScriptedGraphs.shopSnapshot().stored
        return window.map { #"{"version":1,"from":"\#($0.start)","to":"\#($0.end)"}"# } ?? ""
    }()
}
