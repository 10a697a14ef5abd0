// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Synchronization

/// Something that a thread of its own works out while this one does something else.
///
/// A thread, and no queue: whoever waits here may itself hold one of the threads that a queue would need.
final class Meanwhile<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    /// Begins to work it out.
    init(_ body: @escaping @Sendable () -> Value) {
        let thread = Thread { [self] in
            // Without a name for it here, nobody but the taker has it: who changes it need not copy it.
            value.withLock { $0 = body() }
            isThere.signal()
        }
        thread.name = "svcmap.graph"
        thread.start()
    }

    /// Waits for it; may be called once.
    func take() -> Value {
        isThere.wait()
        guard let made = value.withLock({ $0.take() }) else {
            preconditionFailure("a value that is taken once")
        }
        return made
    }
}
