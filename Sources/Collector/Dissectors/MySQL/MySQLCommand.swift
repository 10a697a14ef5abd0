// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The first byte of a client's packet that begins a request.
enum MySQLCommand: UInt8, BitwiseCopyable {
    case quit = 0x01
    case initializeDatabase = 0x02
    case query = 0x03
    case fieldList = 0x04
    case createDatabase = 0x05
    case dropDatabase = 0x06
    case refresh = 0x07
    case shutdown = 0x08
    case statistics = 0x09
    case processInfo = 0x0A
    case processKill = 0x0C
    case debug = 0x0D
    case ping = 0x0E
    case changeUser = 0x11
    case binlogDump = 0x12
    case registerReplica = 0x15
    case prepare = 0x16
    case execute = 0x17
    case sendLongData = 0x18
    case closeStatement = 0x19
    case resetStatement = 0x1A
    case setOption = 0x1B
    case fetch = 0x1C
    case binlogDumpGTID = 0x1E
    case resetConnection = 0x1F
    /// MariaDB's.
    case bulkExecute = 0xFA
    /// No command: the login that follows the greeting. The value is one that no client sends.
    case login = 0xFF

    /// What a request is called that has no statement, and of what kind it is.
    var name: (operation: String, traits: CallTraits) {
        switch self {
        case .initializeDatabase: ("USE", .session)
        case .fieldList: ("FIELD LIST", .session)
        case .createDatabase: ("CREATE DATABASE", [])
        case .dropDatabase: ("DROP DATABASE", [])
        case .refresh: ("REFRESH", [])
        case .shutdown: ("SHUTDOWN", [])
        case .statistics: ("STATISTICS", .session)
        case .processInfo: ("SHOW PROCESSLIST", [])
        case .processKill: ("KILL", [])
        case .debug: ("DEBUG", .session)
        case .ping: ("PING", .session)
        case .changeUser: ("CHANGE USER", .session)
        case .binlogDump, .binlogDumpGTID: ("BINLOG DUMP", .streaming)
        case .registerReplica: ("REGISTER REPLICA", .session)
        case .resetStatement: ("RESET STATEMENT", .session)
        case .setOption: ("SET OPTION", .session)
        case .fetch: ("FETCH", [])
        case .resetConnection: ("RESET", .session)
        case .login: ("login", .session)
        case .quit, .query, .prepare, .execute, .bulkExecute, .sendLongData, .closeStatement:
            (SQLOperation.unknown.text, [])
        }
    }

    /// The server does not answer it.
    var isUnanswered: Bool { self == .quit || self == .sendLongData || self == .closeStatement }
}
