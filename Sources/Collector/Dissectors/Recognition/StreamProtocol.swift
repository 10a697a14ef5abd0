// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// An entry of the table of protocols that are followed over TCP.
struct StreamProtocol: Sendable {
    let applicationProtocol: ApplicationProtocol
    let ports: [UInt16]
    let probe: @Sendable (borrowing StreamEvidence) -> Recognition
    let make: @Sendable (DissectorSetup) -> any FollowedStream
    /// Goes on from what was kept.
    let resume: @Sendable (DissectorSetup, DissectorRest) -> any FollowedStream

    init<Dissector: StreamDissector>(_ type: Dissector.Type) {
        applicationProtocol = type.applicationProtocol
        ports = type.ports
        probe = { type.probe($0) }
        make = { DissectorBox(type.init($0)) }
        resume = { DissectorBox(type.init($0, from: $1)) }
    }

    /// All of them, those with the most certain marks first: a later one is asked only when all
    /// before it have said no.
    static let all: [StreamProtocol] = [
        StreamProtocol(TLSDissector.self),
        StreamProtocol(HTTPDissector.self),
        StreamProtocol(HTTP2Dissector.self),
        StreamProtocol(AMQPDissector.self),
        StreamProtocol(MQTTDissector.self),
        StreamProtocol(NATSDissector.self),
        StreamProtocol(RedisDissector.self),
        StreamProtocol(DubboDissector.self),
        StreamProtocol(ThriftDissector.self),
        StreamProtocol(LDAPDissector.self),
        StreamProtocol(ZooKeeperDissector.self),
        StreamProtocol(CassandraDissector.self),
        StreamProtocol(PostgreSQLDissector.self),
        StreamProtocol(MySQLDissector.self),
        StreamProtocol(MongoDBDissector.self),
        StreamProtocol(DNSFollower.self),
        StreamProtocol(MemcachedDissector.self),
        StreamProtocol(KafkaDissector.self),
    ]

    /// The entry that has one of two ports, or -1.
    static func expected(on ports: (UInt16, UInt16)) -> Int {
        byPort[ports.1] ?? byPort[ports.0] ?? -1
    }

    private static let byPort: [UInt16: Int] = {
        var table: [UInt16: Int] = [:]
        for (index, entry) in all.enumerated() { for port in entry.ports { table[port] = index } }
        return table
    }()
}
