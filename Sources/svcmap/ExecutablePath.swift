// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Where this program is, so that it can start itself as the render worker.
enum ExecutablePath {
    /// The kernel's link to the running binary: right whatever the working directory, the
    /// search path or a replaced file say.
    static let current = "/proc/self/exe"
}
