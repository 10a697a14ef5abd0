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
struct SQLOperations {
    private var postgresql = SQLStatement(.postgresql)
    private var mysql = SQLStatement(.mysql)
    private var recent = RecentValues(
        capacity: SQLLimits.operations,
        longestKey: SQLLimits.operation + 8,
        nothing: SQLOperation()
    )

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
        let kind: UInt16 = isSession ? 1 : 0
        if let slot = recent.find(text.octetSpan, kind: kind) { return recent[slot] }
        let string = text.octetSpan.text
        let operation = SQLOperation(text: string, preparing: "PREPARE " + string, isSession: isSession)
        let slot = recent.insert(operation, for: text.octetSpan, kind: kind)
        return recent[slot]
    }
}
