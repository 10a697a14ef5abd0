// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What one layout may cost.
package struct WorkerLimits: Equatable, Sendable {
    /// Wall-clock time for a picture, all attempts together.
    package var deadline: Duration = .seconds(20)
    /// Address space of the child.
    ///
    /// `dot` was measured to use 200 MB for 2,000 edges, `sfdp` 20 MB
    /// for 5,000; the binary and its libraries are mapped beside that.
    package var memoryBytes: UInt64 = 2 << 30
    /// What the child may answer; 5,000 edges give 1.2 MB.
    package var maximumOutputBytes = 64 << 20
    /// What the child reads before it refuses.
    package static let maximumRequestBytes = 64 << 20

    package init() {}

    /// CPU time that the child sets as its own limit: a second line behind the deadline.
    var cpuSeconds: UInt64 { UInt64(max(1, deadline.components.seconds)) + 2 }

    var arguments: [String] { ["--memory-bytes=\(memoryBytes)", "--cpu-seconds=\(cpuSeconds)"] }

    /// The value of `--NAME=NUMBER` in a child's arguments.
    static func value(_ name: String, in arguments: [String]) -> UInt64? {
        let prefix = "--\(name)="
        return arguments.first { $0.hasPrefix(prefix) }.flatMap { UInt64($0.dropFirst(prefix.count)) }
    }
}
