// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit

/// What the recorded cluster was at each moment of `change.pcap`, read from the API server's own
/// words and from the frames with nothing of ours.
struct ChangingCluster {
    /// Something that held an address.
    struct Holder {
        let id: String
        let from: Date
        /// When it was gone.
        let to: Date
    }

    /// The node's addresses: its own, and that of its bridge.
    static let nodeAddresses: Set<String> = ["172.31.250.10", "10.244.0.1"]
    /// The caller outside the cluster.
    static let outside = "172.31.250.1"
    /// Calls to the dead are named after them this long.
    static let grace: TimeInterval = 600

    let folder: URL
    let capture: String
    private(set) var holders: [String: [Holder]] = [:]

    /// - Returns: `nil` where the recording is absent.
    init?() throws {
        guard let folder = Checkout.recording("api"), let capture = Checkout.recording("change.pcap") else {
            return nil
        }
        self.folder = URL(filePath: folder)
        self.capture = capture
        for (id, life) in try lives() {
            for address in life.addresses {
                holders[address, default: []].append(Holder(id: id, from: life.from, to: life.to))
            }
        }
    }

    /// Files of facts, and those of events without their receive times.
    var inventories: [String] {
        ["list-pods.json", "list-services.json", "list-nodes.json", "list-endpointslices.json"]
            + ["list-replicasets.json", "watch-pods.tsv", "watch-services.tsv", "watch-endpointslices.tsv"]
            + ["watch-replicasets.tsv", "metadata-replicasets.json", "objects-after.json", "page-2.json"]
    }

    /// Who may stand for an address in a window: those who lived then, else the last one who did.
    func names(of address: String, from: Date, to: Date, asServerAt port: Int?) -> Set<String> {
        if Self.nodeAddresses.contains(address) {
            if port == 6_443 { return ["service/default/kubernetes"] }
            if port == 30_080 { return ["service/demo/nginx"] }
            return ["node/k8s-node-1"]
        }
        guard let all = holders[address] else { return ["ip/\(address)"] }
        let alive = all.filter { $0.from < to && $0.to > from }
        if !alive.isEmpty { return Set(alive.map(\.id)) }
        let last = all.filter { $0.to <= from && $0.to.addingTimeInterval(Self.grace) > from }
            .max { $0.to < $1.to }
        return last.map { [$0.id] } ?? ["ip/\(address)"]
    }

    // MARK: - What the API server said

    private struct Life {
        var addresses: Set<String> = []
        var from = Date.distantPast
        var to = Date.distantFuture
    }

    private func lives() throws -> [String: Life] {
        var lives: [String: Life] = [:]
        func note(_ object: [String: Any], kind: String, deletedAt: Date?) {
            guard let metadata = object["metadata"] as? [String: Any], let name = metadata["name"] as? String
            else { return }
            let (spec, status) = (object["spec"] as? [String: Any], object["status"] as? [String: Any])
            let id = "\(kind.lowercased())/\(metadata["namespace"] as? String ?? "")/\(name)"
            var life = lives[id] ?? Life()
            let address = kind == "Pod" ? status?["podIP"] : spec?["clusterIP"]
            if let address = address as? String, address != "None" { life.addresses.insert(address) }
            life.from = Self.date(metadata["creationTimestamp"]) ?? life.from
            if let deletedAt { life.to = Self.date(metadata["deletionTimestamp"]) ?? deletedAt }
            lives[id] = life
        }
        for file in ["list-pods.json", "list-services.json", "objects-after.json"] {
            let list = try Self.object(try Data(contentsOf: folder.appending(path: file)))
            let kind = (list["kind"] as? String ?? "").replacing("List", with: "")
            for item in list["items"] as? [[String: Any]] ?? [] {
                let kind = item["kind"] as? String ?? kind
                if kind == "Pod" || kind == "Service" { note(item, kind: kind, deletedAt: nil) }
            }
        }
        for file in ["watch-pods.tsv", "watch-services.tsv"] {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for line in text.split(separator: "\n") {
                let columns = line.split(separator: "\t", maxSplits: 1)
                guard columns.count == 2, let time = Double(columns[0]) else { continue }
                let event = try Self.object(Data(columns[1].utf8))
                guard let object = event["object"] as? [String: Any], let kind = object["kind"] as? String
                else { continue }
                let isDeleted = event["type"] as? String == "DELETED"
                note(object, kind: kind, deletedAt: isDeleted ? Date(timeIntervalSince1970: time) : nil)
            }
        }
        return lives
    }

    private static func object(_ data: Data) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    static func date(_ text: Any?) -> Date? {
        (text as? String).flatMap { try? Date($0, strategy: .iso8601) }
    }

    // MARK: - What was on the wire

    /// The addresses from the pods' range that sent TCP or UDP, by the number of their 10 s window
    /// since 1970.
    func sendingPods() throws -> [Int: Set<String>] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: capture)))
        var sending: [Int: Set<String>] = [:]
        var offset = 24
        func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        while offset + 16 <= bytes.count {
            let (seconds, length) = (word(offset), word(offset + 8))
            let frame = offset + 16
            offset = frame + length
            // Linux SLL2: the protocol in the first two of 20 bytes; then IPv4.
            guard offset <= bytes.count, length >= 40, bytes[frame] == 0x08, bytes[frame + 1] == 0x00,
                [6, 17].contains(bytes[frame + 29])
            else { continue }
            let source = bytes[(frame + 32)..<(frame + 36)].map(String.init).joined(separator: ".")
            guard source.hasPrefix("10.244.0."), source != "10.244.0.1" else { continue }
            sending[seconds / 10, default: []].insert(source)
        }
        return sending
    }
}
