// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A side of a connection whose client is known.
enum StreamSide: BitwiseCopyable {
    case client
    case server
}
