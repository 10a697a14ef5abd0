// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What frames came to, counted without touching the window they belong to.
struct FrameTally: BitwiseCopyable {
    var frames: UInt64 = 0
    var metered: UInt64 = 0
    var duplicate: UInt64 = 0
    var translated: UInt64 = 0
    var notMetered: UInt64 = 0
    var truncated: UInt64 = 0
}

extension OpenWindow {
    func add(_ tally: FrameTally) {
        coverage.frames += tally.frames
        coverage.metered += tally.metered
        coverage.duplicate += tally.duplicate
        coverage.translated += tally.translated
        coverage.notMetered += tally.notMetered
        add(.truncatedFrames, tally.truncated)
    }
}
