// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Server
import TestKit
import Testing

@Suite struct `The embedded page` {
    private static let folder = URL(filePath: Checkout.page).resolvingSymlinksInPath()

    @Test func `is the folder, file by file and byte by byte`() throws {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path).filter { path in
            let attributes = try FileManager.default.attributesOfItem(
                atPath: Self.folder.appending(path: path).path
            )
            return attributes[.type] as? FileAttributeType == .typeRegular
        }
        let files = EmbeddedPage.files
        #expect(files.map(\.path).sorted() == paths.sorted())
        for file in files {
            let data = try Data(contentsOf: Self.folder.appending(path: file.path))
            #expect(file.bytes == Array(data), "\(file.path) differs from the folder")
        }
    }

    @Test func `has nothing a strict policy would block`() throws {
        for file in EmbeddedPage.files where file.path.hasSuffix(".html") {
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(!text.contains("style="))
            #expect(!text.contains("<style"))
            #expect(text.firstRange(of: /\son[a-z]+=/) == nil)
            #expect(text.firstRange(of: /(src|href)="(https?:)?\/\//) == nil)
            #expect(text.firstRange(of: /<script(?![^>]*\ssrc=)/) == nil)
        }
    }

    @Test func `keeps its files small`() {
        for file in EmbeddedPage.files where !file.path.hasSuffix(".json") {
            let lines = file.bytes.count { $0 == UInt8(ascii: "\n") }
            #expect(lines <= 400, "\(file.path) has \(lines) lines")
        }
    }
}

@Suite struct `A page folder` {
    /// A folder with a page, a file beside it, and links that lead out.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let outer = FileManager.default.temporaryDirectory.appending(path: "svcmap-page-\(UUID().uuidString)")
        let inner = outer.appending(path: "page")
        try FileManager.default.createDirectory(
            at: inner.appending(path: "js"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: outer) }
        for (path, text) in [("page/index.html", "hi"), ("page/js/main.js", "1"), ("secret.js", "secret")] {
            try Data(text.utf8).write(to: outer.appending(path: path))
        }
        try FileManager.default.createSymbolicLink(
            atPath: inner.appending(path: "out.js").path,
            withDestinationPath: outer.appending(path: "secret.js").path
        )
        try body(inner)
    }

    @Test func `gives out what lies in it`() throws {
        try withFolder { folder in
            let page = try PageDirectory(path: folder.path)
            #expect(page.locate("index.html")?.contentType == "text/html; charset=utf-8")
            let script = try #require(page.locate("js/main.js"))
            #expect(try Data(contentsOf: script.location) == Data("1".utf8))
        }
    }

    @Test(arguments: [
        "../secret.js", "js/../../secret.js", "/etc/passwd", "", ".", "..", "js", "out.js", ".hidden.js",
        "js//main.js",
        "js/main.js\0.html", "js\\main.js", "%2e%2e/secret.js", "index.html/", "~/index.html", "main.exe",
    ])
    func `gives out nothing else`(path: String) throws {
        try withFolder { folder in
            let page = try PageDirectory(path: folder.path)
            #expect(page.locate(path) == nil)
        }
    }

    @Test func `without a page is refused with a remedy`() throws {
        let error = try #require(throws: ServerError.self) {
            _ = try PageDirectory(path: "/nonexistent-svcmap-page")
        }
        #expect(error.code == .noPage)
        #expect(error.description.contains("index.html"))
    }
}
