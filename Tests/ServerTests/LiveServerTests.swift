// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Render
import Server
import ServiceLifecycle
import Storage
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct `The live server` {
    @Test func `serves over a socket, to its own names only`() async throws {
        try await ScriptedServer.application(configuration: ScriptedServer.listening).test(.live) { client in
            let graph = try await client.execute(uri: "/api/v1/graph", method: .get)
            #expect(graph.status == .ok)
            #expect(graph.headers[.server] == nil)
            let missing = try await client.execute(uri: "/nothing", method: .head)
            #expect(missing.status == .notFound)
            #expect(missing.body.readableBytes == 0)

            let port = try #require(client.port)
            let statuses = try await TestClient.withClient(host: "127.0.0.1", port: port) { raw in
                var statuses: [Int] = []
                for authority in ["localhost:\(port)", "127.0.0.1", "evil.example", "evil.example:\(port)"] {
                    let request = TestClient.Request("/healthz", method: .get, authority: authority)
                    let response = try await raw.execute(request)
                    statuses.append(response.status.code)
                    #expect(response.headers[.contentSecurityPolicy] != nil)
                }
                return statuses
            }
            #expect(statuses == [200, 200, 421, 421])
        }
    }

    @Test func `closes a connection that stays silent`() async throws {
        var impatient = ScriptedServer.listening
        impatient.idleTimeout = .milliseconds(50)
        try await ScriptedServer.application(configuration: impatient).test(.live) { client in
            let port = try #require(client.port)
            // Ends when the server closes; else the time limit of the suite ends it.
            try await TestClient.withClient(host: "127.0.0.1", port: port) { raw in
                try await raw.getChannel().closeFuture.get()
            }
        }
    }

    /// Asks for a file more often than the system has room for, and takes either nothing or one file.
    private static let idler = """
        import socket, sys, time
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(120)
        line.connect(("127.0.0.1", int(sys.argv[1])))
        line.sendall(b"GET /large.js HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n" * 16)
        if sys.argv[2] == "idle":
            # The server's side is gone from the system's table when it has closed.
            mine = "%04X" % line.getsockname()[1]
            def is_open():
                rows = [row.split() for row in open("/proc/net/tcp")][1:]
                return any(row[2].endswith(":" + mine) and row[3] == "01" for row in rows)
            while is_open(): time.sleep(0.05)
            print("closed")
        else:
            taken = 0
            while taken < int(sys.argv[3]):
                piece = line.recv(65536)
                if not piece: break
                taken += len(piece)
            print("taken" if taken >= int(sys.argv[3]) else "cut")
        """

    @Test func `closes on a client that takes nothing, and not on others`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "svcmap-reader-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let size = PageDirectory.maximumFileLength
        try Data("<!doctype html>".utf8).write(to: folder.appending(path: "index.html"))
        try Data(repeating: UInt8(ascii: " "), count: size).write(to: folder.appending(path: "large.js"))
        var configuration = ScriptedServer.listening
        configuration.pageDirectory = folder.path
        configuration.readerTimeout = .milliseconds(200)
        try await ScriptedServer.application(configuration: configuration).test(.live) { client in
            let port = "\(try #require(client.port))"
            for (kind, told) in [("idle", "closed\n"), ("reads", "taken\n")] {
                let run = try await Program.run(["python3", "-c", Self.idler, port, kind, "\(size)"])
                #expect(run.output == told)
            }
        }
    }

    @Test func `says in one line that its port is taken`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "svcmap-port-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try WindowStore(path: folder.appending(path: "map.db").path, access: .readWrite)
        try await ScriptedServer.application(configuration: ScriptedServer.listening).test(.live) { client in
            var taken = ServerBuilder.Configuration()
            taken.port = try #require(client.port)
            let service = try ServerBuilder.service(
                configuration: taken,
                store: store,
                renderer: PictureRenderer(workerPath: "/nonexistent"),
                logger: ScriptedServer.quiet,
                onRunning: { _ in Issue.record("it cannot run") }
            )
            let error = await #expect(throws: ServerError.self) { try await service.run() }
            #expect(error?.code == .portInUse)
            #expect(error?.description.contains("--port") == true)
            #expect(error?.description.contains("\n") == false)
        }
    }

    @Test(arguments: ["0.0.0.0", "192.168.1.1", "::"])
    func `is not open to a network unless somebody says so`(host: String) throws {
        var configuration = ScriptedServer.listening
        configuration.host = host
        let error = try #require(throws: ServerError.self) {
            _ = try ScriptedServer.application(configuration: configuration)
        }
        #expect(error.code == .openToNetwork)
        #expect(error.description.contains("--token-file"))
        #expect(!error.description.contains("\n"))
        configuration.isOpen = true
        _ = try ScriptedServer.application(configuration: configuration)
        configuration.token = try AccessToken("0123456789abcdef")
        let contradiction = #expect(throws: ServerError.self) {
            _ = try ScriptedServer.application(configuration: configuration)
        }
        #expect(contradiction?.code == .contradictoryAccess)
        configuration.isOpen = false
        _ = try ScriptedServer.application(configuration: configuration)
    }

    @Test(arguments: ["example.org", "", "127.0.0.1.evil.example"])
    func `listens on addresses only`(host: String) throws {
        var configuration = ScriptedServer.listening
        configuration.host = host
        let error = try #require(throws: ServerError.self) {
            _ = try ScriptedServer.application(configuration: configuration)
        }
        #expect(error.code == .notAnAddress)
        #expect(error.description.contains("127.0.0.1"))
    }
}
