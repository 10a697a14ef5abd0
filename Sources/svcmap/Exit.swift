// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Collector
import Foundation
import Kubernetes
import Render
import Server
import Storage

/// A mistake in how svcmap was called, with what to do instead.
struct UsageError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// Input that could not be read in full; the messages were printed as they arose.
struct UnreadableInput: Error {}

/// The one table that maps every error to an exit code and a line.
enum Exit {
    static let success: Int32 = 0
    static let findings: Int32 = 1
    static let usage: Int32 = 2
    static let unreadable: Int32 = 3
    static let `internal`: Int32 = 4

    static func now(_ code: Int32) -> Never {
        exit(code)
    }

    /// Prints what failed, if it has not been said yet, and returns the exit code.
    static func report(_ error: any Error) -> Int32 {
        switch error {
        case is UnreadableInput:
            return unreadable
        case let error as UsageError:
            Console.error(error.message)
            return usage
        case let error as CaptureError:
            Console.error(error.message)
            return unreadable
        case let error as ObjectDumpError:
            Console.error(error.description)
            return unreadable
        case let error as StorageError:
            Console.error(error.message)
            return unreadable
        case let error as RenderError:
            Console.error(error.description)
            return self.internal
        case let error as ServerError:
            Console.error(error.description)
            return error.code == .failed ? self.internal : usage
        default:
            return reportParsing(error)
        }
    }

    /// Help and version requests are errors to ArgumentParser, and fine to us.
    private static func reportParsing(_ error: any Error) -> Int32 {
        let code = SvcMap.exitCode(for: error)
        if code == .success {
            print(SvcMap.message(for: error))
            return success
        }
        if code == .validationFailure {
            Console.write(SvcMap.fullMessage(for: error))
            return usage
        }
        Console.error("internal error: \(error)")
        return self.internal
    }
}
