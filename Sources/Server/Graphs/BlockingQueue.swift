// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Synchronization

/// One thread's worth of blocking work, awaited from tasks.
///
/// Work runs in order, one piece at a time, outside the threads that serve connections.
final class BlockingQueue: Sendable {
    /// More work than this may not wait; what comes beyond is refused, and the client told to
    /// come back.
    static let maximumWaiting = 128

    private let queue: DispatchQueue
    private let waiting = Mutex(0)

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < Self.maximumWaiting else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw Problem.busy }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let result = Result { try work() }
                self.waiting.withLock { $0 -= 1 }
                continuation.resume(with: result)
            }
        }
    }
}
