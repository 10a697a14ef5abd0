// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit

/// What a client says of requests of one kind, and which transactions those are.
struct ClientTruth: Decodable, CustomStringConvertible {
    let client: String
    let dst: String
    let proto: String
    let op: String
    let status: String
    let count: Int
    let p50: Double
    let p90: Double
    let p99: Double
    let max: Double

    enum CodingKeys: String, CodingKey {
        case client, dst, proto, op, status, count
        case p50 = "p50_ms"
        case p90 = "p90_ms"
        case p99 = "p99_ms"
        case max = "max_ms"
    }

    private struct File: Decodable {
        let rows: [ClientTruth]
    }

    /// Of every client that kept count of requests, by its own clock.
    static func all(in folder: String) throws -> [ClientTruth] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/truth").sorted()
        return try files.filter { $0.hasSuffix(".json") }
            .flatMap { name in
                let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/truth/" + name))
                return try JSONDecoder().decode(File.self, from: data).rows
            }
    }

    var description: String { "\(client) -> \(dst) \(proto) \(op) \(status)" }

    /// The protocol, where the rows are requests of one.
    var applicationProtocol: ApplicationProtocol? {
        switch proto {
        case "http", "redis", "grpc", "mysql": ApplicationProtocol(rawValue: proto)
        case "postgres": .postgresql
        default: nil
        }
    }

    /// Requests that went out ten at a time: the client timed the ten.
    var isPipelined: Bool { op.hasSuffix("x10 pipelined") }

    /// How its operation begins on the map.
    var operation: String {
        switch (proto, op) {
        case ("redis", "GETx10 pipelined"): "GET"
        case ("postgres", "SELECT product"): "SELECT products"
        case ("postgres", "SELECT missing table"): "PREPARE SELECT no_such_table"
        case ("mysql", _): "\(op) orders"
        default: op
        }
    }

    func isStatus(of transaction: Transaction) -> Bool {
        switch (proto, status) {
        // The deadline is the client's own: it resets the stream, and no status crosses the wire.
        case ("grpc", "DEADLINE_EXCEEDED"): transaction.outcome == .clientGaveUp
        case ("grpc", _): transaction.status == status
        case (_, "OK"): transaction.outcome == .ok
        case ("redis", "ERR"): transaction.outcome == .serverError
        default: transaction.status == status
        }
    }

    /// Whether a transaction is one of those.
    func includes(_ finding: CaptureFollowing.Finding, _ addresses: [String: [IPAddress]]) -> Bool {
        let host = String(dst.prefix { $0 != ":" })
        let servers = addresses[host] ?? IPAddress(host).map { [$0] } ?? []
        return finding.transaction.applicationProtocol == applicationProtocol
            && addresses[client, default: []].contains(finding.client) && servers.contains(finding.server)
            && finding.transaction.operation.hasPrefix(operation) && isStatus(of: finding.transaction)
    }
}
