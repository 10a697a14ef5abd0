// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Where the files of the page come from.
protocol PageSource: Sendable {
    /// The file at a path such as `js/main.js`; `nil` where there is none.
    func file(at path: String) async throws -> Representation?
}
