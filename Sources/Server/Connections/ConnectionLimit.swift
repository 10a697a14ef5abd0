// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// How many connections may be open at once: as many as the process may have files, less what it
/// needs for itself.
enum ConnectionLimit {
    /// No more than this, whatever the system allows: each costs some kilobytes.
    static let maximum = 20_000
    /// Files of the store, of children that draw, and standard ones.
    static let reserved = 256

    /// Raises the limit of the process as far as it may, and derives the number.
    static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return reserved
        }
        let wanted = min(limit.rlim_max, rlim_t(maximum + reserved))
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return min(maximum, max(reserved, Int(clamping: limit.rlim_cur) - reserved))
    }
}
