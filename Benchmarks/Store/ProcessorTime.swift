// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Clocks of a measurement.
enum ProcessorTime {
    /// User and system time of this process in seconds, which other processes do not add to.
    static var now: Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// Seconds on the clock.
    static var clock: Double { seconds(of: CLOCK_MONOTONIC) }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// How much memory this process had at most.
enum PeakMemory {
    static var kilobytes: Int {
        var usage = rusage()
        unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss
    }
}
