// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The statements that a connection has prepared, by name or number.
struct PreparedStatements {
    private var operations: [UInt64: SQLOperation] = [:]

    subscript(key: UInt64) -> SQLOperation? {
        get { operations[key] }
        set {
            guard let newValue else {
                operations[key] = nil
                return
            }
            // One too many pushes out another, whose next use is `EXECUTE`.
            if operations.count >= SQLLimits.prepared, operations[key] == nil {
                operations.remove(at: operations.startIndex)
            }
            operations[key] = newValue
        }
    }
}
