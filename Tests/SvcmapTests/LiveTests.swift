// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Live` {
    private func fetch(_ url: String) throws -> Run {
        try Binary.run("/usr/bin/curl", ["-s", "-S", "--max-time", "10", url])
    }

    /// Capturing needs a capability that a test runner may not have.
    private func canCapture() -> Bool {
        if geteuid() == 0 { return true }
        print("skipped: live capture: needs root")
        return false
    }

    @Test func `serves until Ctrl-C and says where in one line`() async throws {
        let scratch = try TemporaryFolder()
        _ = try Binary.run(ExampleCluster.arguments, in: scratch.url)
        let server = try BackgroundRun(["serve", "--store", "map.db", "--port", "0"], in: scratch)
        let line = try #require(try await server.line(containing: "http://127.0.0.1:"), "\(server.errorText)")
        let url = try #require(line.split(separator: " ").first { $0.hasPrefix("http://") })
        let served = try fetch("\(url)/api/v1/graph")
        #expect(served.output == (try ExampleCluster.export(["--json"]).output))
        #expect(try fetch("\(url)/api/v1/graph.dot").output == (try ExampleCluster.export(["--dot"]).output))
        #expect(try fetch("\(url)/api/v1/graph.svg").output == (try ExampleCluster.export(["--svg"]).output))
        #expect(try fetch("\(url)/").text.contains("<title>"))
        #expect(server.stop() == 0)
        #expect(server.errorText.split(separator: "\n").count == 1)
    }

    @Test func `refuses a port that is taken with one line`() async throws {
        let scratch = try TemporaryFolder()
        let first = try BackgroundRun(["serve", "--store", "map.db", "--port", "0"], in: scratch)
        let line = try #require(try await first.line(containing: "http://127.0.0.1:"))
        let port = try #require(line.split(separator: ":").last?.prefix { $0.isNumber })
        let second = try Binary.run(["serve", "--store", "map.db", "--port", String(port)], in: scratch.url)
        #expect(second.status == 2)
        #expect(second.errors.contains(port))
        #expect(second.errors.split(separator: "\n").count == 1)
        #expect(first.stop(SIGTERM) == 0)
    }

    @Test func `captures beside a running server and stops on Ctrl-C`() async throws {
        guard canCapture() else { return }
        let scratch = try TemporaryFolder()
        let server = try BackgroundRun(["serve", "--store", "map.db", "--port", "0"], in: scratch)
        let line = try #require(try await server.line(containing: "http://127.0.0.1:"))
        let url = try #require(line.split(separator: " ").first { $0.hasPrefix("http://") })
        let port = try #require(line.split(separator: ":").last?.prefix { $0.isNumber })
        let capture = try BackgroundRun(["capture", "--interface", "lo", "--store", "map.db"], in: scratch)
        _ = try #require(try await capture.line(containing: "capturing on lo"), "\(capture.errorText)")
        for _ in 0..<5 { #expect(try fetch("\(url)/healthz").status == 0) }
        #expect(try fetch("\(url)/no-such-page").status == 0)
        #expect(capture.stop() == 0)
        let graph = try GraphDocument(try fetch("\(url)/api/v1/graph?level=pod").output)
        let edge = try #require(graph.edges.first { String($0.port) == port }, "\(graph.edges.map(\.id))")
        #expect(edge.connections.established == 6)
        #expect(edge.protocols.first?.statuses == ["200": 5, "404": 1])
        #expect(server.stop() == 0)
    }

    @Test func `says what is missing without the capability`() throws {
        guard canCapture() else { return }
        // Without CAP_NET_RAW even root may not open a packet socket.
        let scratch = try TemporaryFolder()
        let run = try Binary.run(
            "/usr/sbin/capsh",
            ["--drop=cap_net_raw", "--", "-c", "\(BuiltProducts.svcmap) capture --interface lo"],
            in: scratch.url
        )
        #expect(run.status == 3, "\(run.errors)")
        #expect(run.errors.contains("CAP_NET_RAW"))
        #expect(!FileManager.default.fileExists(atPath: scratch.file("svcmap.db")))
    }

    @Test func `refuses an interface whose frames are not read`() throws {
        guard canCapture() else { return }
        let device = "/dev/net/tun"
        guard FileManager.default.isReadableFile(atPath: device) else {
            print("skipped: an interface of an unread link type: needs \(device)")
            return
        }
        // TUNSETIFF, then TUNSETLINK to ARPHRD_IEEE80211_RADIOTAP, in a network of its own.
        let script = """
            import fcntl, os, struct, subprocess, sys
            tunnel = os.open("\(device)", os.O_RDWR)
            fcntl.ioctl(tunnel, 0x400454CA, struct.pack("16sH22x", b"wifi0", 0x1001))
            fcntl.ioctl(tunnel, 0x400454CD, 803)
            subprocess.run(["ip", "link", "set", "wifi0", "up"], check=True)
            sys.exit(subprocess.run(["\(BuiltProducts.svcmap)", "capture", "--interface", "wifi0"]).returncode)
            """
        let scratch = try TemporaryFolder()
        let run = try Binary.run("/usr/bin/unshare", ["-n", "python3", "-c", script], in: scratch.url)
        #expect(run.status == 3, "\(run.errors)")
        #expect(run.errors.contains("cannot capture on wifi0: link type 127 (IEEE 802.11) is not read"))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: scratch.file("svcmap.db")))
    }

    @Test func `names the interfaces there are when asked for another`() throws {
        guard canCapture() else { return }
        let run = try Binary.run(["capture", "--interface", "no-such0"])
        #expect(run.status == 3)
        #expect(run.errors.contains("no-such0") && run.errors.contains("lo"))
    }
}
