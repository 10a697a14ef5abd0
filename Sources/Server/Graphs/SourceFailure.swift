// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A failure of what the server stands on: told to the log in full, to clients in general.
enum SourceFailure: Error {
    case store(any Error)
    case picture(any Error)

    var problem: Problem {
        switch self {
        case .store: .storeUnreadable
        case .picture: .pictureUnavailable
        }
    }

    var cause: any Error {
        switch self {
        case .store(let cause), .picture(let cause): cause
        }
    }
}
