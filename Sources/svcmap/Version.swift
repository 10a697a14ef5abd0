// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The version of this program, by semantic versioning.
enum Version {
    static let current = "0.1.0"
}
