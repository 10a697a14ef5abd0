// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Compression` {
    @Test func `gives the same bytes in less, with a tag of its own`() async throws {
        let plain = try await ScriptedServer.response("/api/v1/graph.json")
        let packed = try await ScriptedServer.response(
            "/api/v1/graph.json",
            headers: [.acceptEncoding: "gzip"]
        )
        #expect(plain.headers[.contentEncoding] == nil)
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.body.readableBytes < plain.body.readableBytes / 2)
        #expect(plain.headers[.vary] == "accept-encoding")
        #expect(try Self.gunzip(Data(packed.body.readableBytesView)) == Data(plain.body.readableBytesView))

        let tag = try #require(packed.headers[.eTag])
        #expect(tag != plain.headers[.eTag])
        let known = try await ScriptedServer.response(
            "/api/v1/graph.json",
            headers: [.acceptEncoding: "gzip", .ifNoneMatch: tag]
        )
        #expect(known.status == .notModified)
        // Whoever does not take gzip does not have those bytes.
        let other = try await ScriptedServer.response("/api/v1/graph.json", headers: [.ifNoneMatch: tag])
        #expect(other.status == .ok)
    }

    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("deflate, gzip;q=0.5", true), ("*", true), ("br, *;q=0.1", true),
        ("gzip;q=0", false), ("gzip; q=0.000, *", false), ("identity", false), ("br", false), ("", false),
        ("*;q=0", false),
    ])
    func `is used where it is accepted`(accepted: String, isPacked: Bool) async throws {
        let response = try await ScriptedServer.response(
            "/api/v1/graph",
            headers: [.acceptEncoding: accepted]
        )
        #expect((response.headers[.contentEncoding] == "gzip") == isPacked)
    }

    @Test func `leaves short answers alone`() async throws {
        let response = try await ScriptedServer.response(
            "/api/v1/overview",
            headers: [.acceptEncoding: "gzip"]
        )
        #expect(response.headers[.contentEncoding] == nil)
    }

    /// By gzip, the program.
    private static func gunzip(_ packed: Data) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: packed)
        try input.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return bytes
    }
}
