// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Room for a tracker outside its point: most points of a table lose theirs early or have none.
final class TCPTrackerBox {
    var tracker = TCPTracker()
}
