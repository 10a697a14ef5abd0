// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import HummingbirdTesting
import Server
import Testing

/// TLS with certificates that openssl makes, spoken to by Python.
@Suite(.timeLimit(.minutes(5)), .serialized) struct `Over TLS` {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "svcmap-tls-\(UUID().uuidString)"
    )

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func run(_ arguments: String...) async throws -> (output: String, status: Int32) {
        try await Program.run(arguments)
    }

    /// A certificate for 127.0.0.1 that signs itself, and its key.
    private func makeCertificate(_ name: String) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = try await run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=\(name)",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            path("\(name).key"),
            "-out",
            path("\(name).pem")
        )
        try #require(made.status == 0, "\(made.output)")
    }

    private func configuration(clientAuthority: String? = nil) -> ServerBuilder.Configuration {
        var configuration = ScriptedServer.listening
        configuration.tls = TLSFiles(
            certificate: path("server.pem"),
            key: path("server.key"),
            clientAuthority: clientAuthority
        )
        configuration.tls?.refreshInterval = .milliseconds(50)
        return configuration
    }

    private static let asking = """
        import ssl, sys, urllib.request
        context = ssl.create_default_context(cafile=sys.argv[2])
        if len(sys.argv) > 4: context.load_cert_chain(sys.argv[3], sys.argv[4])
        print(urllib.request.urlopen(sys.argv[1], context=context, timeout=30).status)
        """

    @Test func `serves the map, and a renewed certificate without a restart`() async throws {
        try await makeCertificate("server")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await ScriptedServer.application(configuration: configuration()).test(.live) { client in
            let port = try #require(client.port)
            let url = "https://127.0.0.1:\(port)/api/v1/graph"
            let first = try await run("python3", "-c", Self.asking, url, path("server.pem"))
            #expect(first.output == "200\n")
            let plain = try await run(
                "python3",
                "-c",
                Self.asking,
                "http://127.0.0.1:\(port)/",
                path("server.pem")
            )
            #expect(plain.status != 0)
            let old = try await run("openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_1")
            #expect(old.status != 0)

            try FileManager.default.copyItem(atPath: path("server.pem"), toPath: path("old.pem"))
            try await makeCertificate("server")
            var renewed = (output: "", status: Int32(1))
            for _ in 0..<100 where renewed.status != 0 {
                renewed = try await run("python3", "-c", Self.asking, url, path("server.pem"))
            }
            #expect(renewed.output == "200\n")
            let outdated = try await run("python3", "-c", Self.asking, url, path("old.pem"))
            #expect(outdated.output.contains("CERTIFICATE_VERIFY_FAILED"))
        }
    }

    @Test func `lets in clients with a certificate only`() async throws {
        try await makeCertificate("server")
        try await makeCertificate("client")
        try await makeCertificate("stranger")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = configuration(clientAuthority: path("client.pem"))
        // A certificate is enough to be reached from the network.
        configuration.host = "0.0.0.0"
        try await ScriptedServer.application(configuration: configuration).test(.live) { client in
            let url = "https://127.0.0.1:\(try #require(client.port))/api/v1/graph"
            let known = try await run(
                "python3",
                "-c",
                Self.asking,
                url,
                path("server.pem"),
                path("client.pem"),
                path("client.key")
            )
            #expect(known.output == "200\n")
            let stranger = try await run(
                "python3",
                "-c",
                Self.asking,
                url,
                path("server.pem"),
                path("stranger.pem"),
                path("stranger.key")
            )
            #expect(stranger.status != 0)
            let none = try await run("python3", "-c", Self.asking, url, path("server.pem"))
            #expect(none.status != 0)
        }
    }

    @Test func `says in one line what is wrong with its files`() async throws {
        try await makeCertificate("server")
        try await makeCertificate("other")
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("no certificate".utf8).write(to: folder.appending(path: "text.pem"))
        for (certificate, key, authority) in [
            ("missing.pem", "server.key", nil), ("server.pem", "missing.key", nil),
            ("server.pem", "other.key", nil),
            ("text.pem", "server.key", nil), ("server.pem", "server.key", "text.pem"),
            ("server.pem", "server.key", "no.pem"),
        ] as [(String, String, String?)] {
            var configuration = ServerBuilder.Configuration()
            configuration.tls = TLSFiles(
                certificate: path(certificate),
                key: path(key),
                clientAuthority: authority.map(path)
            )
            let error = #expect(throws: ServerError.self) {
                _ = try ScriptedServer.application(configuration: configuration)
            }
            #expect(error?.code == .badTLS)
            #expect(error?.description.contains("\n") == false)
        }
    }
}
