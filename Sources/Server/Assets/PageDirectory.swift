// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Foundation

/// The page read from a folder at every request, for those who work on it.
package struct PageDirectory: PageSource {
    /// Larger files are not served.
    package static let maximumFileLength = 8 << 20

    private static let contentTypes = [
        "html": "text/html; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml; charset=utf-8",
        "json": "application/json",
    ]

    private let root: URL
    private let queue = BlockingQueue(label: "svcmap.page")

    /// Checks the folder.
    ///
    /// - Parameter path: A folder with an `index.html`.
    /// - Throws: `ServerError` where there is none.
    package init(path: String) throws(ServerError) {
        root = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard FileManager.default.fileExists(atPath: root.appendingPathComponent("index.html").path) else {
            throw .noPage(directory: path)
        }
    }

    func file(at path: String) async throws -> Representation? {
        guard let (location, contentType) = locate(path) else { return nil }
        return try await queue.run {
            let values = try? location.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            // Whatever the reason it cannot be read, the client learns that there is no such file.
            guard values?.isRegularFile == true, values?.fileSize ?? .max <= Self.maximumFileLength,
                let data = try? Data(contentsOf: location)
            else { return nil }
            return Representation(contentType: contentType, bytes: Array(data))
        }
    }

    /// The place of a file below the folder, links followed; `nil` for paths that lead outside or
    /// to a type the page does not have.
    package func locate(_ path: String) -> (location: URL, contentType: String)? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            !segment.isEmpty && !segment.hasPrefix(".")
                && segment.utf8.allSatisfy { byte in
                    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                        || [45, 46, 95].contains(byte)
                }
        }
        guard isPlain, let name = segments.last, let dot = name.lastIndex(of: "."),
            let contentType = Self.contentTypes[String(name[name.index(after: dot)...])]
        else { return nil }
        let location = root.appendingPathComponent(path).resolvingSymlinksInPath()
        guard location.path.hasPrefix(root.path + "/") else { return nil }
        return (location, contentType)
    }
}
