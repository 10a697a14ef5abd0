// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The operation of a statement.
struct SQLOperation {
    var text = ""
    /// Of preparing it: a request of its own.
    var preparing = ""
    /// It only sets the connection up.
    var isSession = false

    var traits: CallTraits { isSession ? .session : [] }

    /// Of a statement that was prepared before the capture began, or was pushed out.
    static let unknown = SQLOperation(text: "EXECUTE", preparing: "PREPARE")
}

/// Normalizes statements, and remembers the results so that a repeated one costs no new string.
///
/// Direct-mapped: a newcomer pushes out the entry in its slot.
struct SQLOperations {
    private struct Entry {
        var key: [UInt8] = []
        var operation = SQLOperation()
    }

    private var postgresql = SQLStatement(.postgresql)
    private var mysql = SQLStatement(.mysql)
    private var slots: [Entry] = []

    mutating func operation(of statement: RawSpan, _ dialect: SQLDialect) -> SQLOperation {
        switch dialect {
        case .postgresql:
            let isSession = postgresql.read(statement)
            return find(postgresql.text.bytes, isSession)
        case .mysql:
            let isSession = mysql.read(statement)
            return find(mysql.text.bytes, isSession)
        }
    }

    private mutating func find(_ text: [UInt8], _ isSession: Bool) -> SQLOperation {
        if slots.isEmpty { slots = [Entry](repeating: Entry(), count: SQLLimits.operations) }
        let slot = Int(truncatingIfNeeded: text.octetSpan.hashed & UInt64(SQLLimits.operations - 1))
        if slots[slot].operation.isSession == isSession, slots[slot].key == text {
            return slots[slot].operation
        }
        let string = text.octetSpan.text
        let operation = SQLOperation(text: string, preparing: "PREPARE " + string, isSession: isSession)
        // A copy: the text is written anew for the next statement.
        slots[slot] = Entry(key: text.octetSpan.octets, operation: operation)
        return operation
    }
}

extension RawSpan {
    /// A hash of the bytes; not a defense against chosen ones.
    var hashed: UInt64 {
        var hash = PacketHash()
        hash.combine(bytes: self)
        return hash.value
    }
}
