// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Synchronization

/// A flag that is set once, from any thread.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
    }
}
