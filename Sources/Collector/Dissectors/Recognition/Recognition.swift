// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What bytes tell about being of a protocol.
enum Recognition: Equatable, BitwiseCopyable {
    /// They are not.
    case no
    /// They may be; more of this side, or something of the other, will tell.
    case undecided
    /// They are, and their sender is the client.
    case fromClient
    /// They are, and their sender is the server.
    case fromServer
    /// They are, and either side may have sent them.
    case fromEither
}
