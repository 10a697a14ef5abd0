// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Storage

extension WindowStore {
    /// Rolls everything up and prunes, with progress on a terminal where it takes long.
    ///
    /// - Parameter policy: What to keep.
    /// - Returns: What was done; `nil` where another process looks after the store.
    /// - Throws: `StorageError`.
    func lookAfterAll(policy: RetentionPolicy = RetentionPolicy()) throws -> CareOutcome? {
        var isShown = false
        defer { if isShown { Console.clearProgress() } }
        return try lookAfter(
            .all,
            policy: policy,
            progress: {
                Console.progress("\(Figures.count($0, "window")) rolled up")
                isShown = true
            }
        )
    }
}
