// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Of what kind a request is.
struct CallTraits: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// It waits by design, so it has no latency.
    static let streaming = CallTraits(rawValue: 1)
    /// It sets the connection up, and counts among no requests.
    static let session = CallTraits(rawValue: 2)
}
