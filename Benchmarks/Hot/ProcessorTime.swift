// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// The processor time of this process, which other processes on the machine do not add to.
enum ProcessorTime {
    /// User and system time in nanoseconds.
    static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
