// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CPage

/// The copy of the page in the binary.
package struct EmbeddedPage: PageSource {
    /// One embedded file.
    package struct File: Equatable, Sendable {
        package let path: String
        package let contentType: String
        package let bytes: [UInt8]
    }

    private let representations: [String: Representation]

    package init() {
        representations = Dictionary(
            uniqueKeysWithValues: Self.files.map { file in
                (file.path, Representation(contentType: file.contentType, bytes: file.bytes))
            }
        )
    }

    /// Every embedded file, in the order of the table.
    package static var files: [File] {
        (0..<svcmap_page_file_count()).compactMap { index in
            // The table is constant data of this binary; the index is below its count, paths and
            // types end with a zero byte, and the length is the compiler's own.
            guard let entry = unsafe svcmap_page_file(index) else { return nil }
            let file = unsafe entry.pointee
            return unsafe File(
                path: String(cString: file.path),
                contentType: String(cString: file.content_type),
                bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.length))
            )
        }
    }

    func file(at path: String) -> Representation? { representations[path] }
}
