// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// What a placer was told of endpoints last, by id without hashing.
struct EndpointMemory {
    /// What an endpoint was on a port.
    struct Answer: BitwiseCopyable {
        var cluster: UInt64 = 0
        var from = Timestamp(nanoseconds: .max)
        var to = Timestamp(nanoseconds: .min)
        var party: Int32 = -1
        var port: UInt16 = 0
        var transport = TransportProtocol.tcp

        func holds(
            _ cluster: UInt64,
            _ port: UInt16,
            _ transport: TransportProtocol,
            _ activity: Window
        ) -> Bool {
            self.cluster == cluster && self.port == port && self.transport.rawValue == transport.rawValue
                && from <= activity.start && activity.end <= to
        }
    }

    private struct Entry: BitwiseCopyable {
        /// The time in which every answer about it is the same.
        var from = Timestamp(nanoseconds: .max)
        var to = Timestamp(nanoseconds: .min)
        var client = Answer()
        var server = Answer()
        var dialled = Answer()
    }

    private static let chunkBits: UInt64 = 9
    /// Ids above this, which only a damaged store has, are not kept.
    private static let maximumID: UInt64 = 1 << 30

    /// By id, in runs of neighbors; empty where none of them was asked for.
    private var chunks: [[Entry]] = []

    /// The time around a window in which an endpoint gets the answer that it gets in it.
    func span(_ id: UInt64, around window: Window) -> Window? {
        guard let place = place(of: id) else { return nil }
        let (from, to) = (chunks[place.chunk][place.index].from, chunks[place.chunk][place.index].to)
        return from <= window.start && window.end <= to ? Window(start: from, end: to) : nil
    }

    mutating func note(_ id: UInt64, span: Window) {
        guard let place = makePlace(of: id) else { return }
        chunks[place.chunk][place.index].from = span.start
        chunks[place.chunk][place.index].to = span.end
    }

    /// The last answer in a role.
    func answer(_ id: UInt64, as role: EndpointRole) -> Answer? {
        guard let place = place(of: id) else { return nil }
        switch role {
        case .client: return chunks[place.chunk][place.index].client
        case .server: return chunks[place.chunk][place.index].server
        case .dialled: return chunks[place.chunk][place.index].dialled
        }
    }

    mutating func note(_ id: UInt64, as role: EndpointRole, _ answer: Answer) {
        guard let place = makePlace(of: id) else { return }
        switch role {
        case .client: chunks[place.chunk][place.index].client = answer
        case .server: chunks[place.chunk][place.index].server = answer
        case .dialled: chunks[place.chunk][place.index].dialled = answer
        }
    }

    private func place(of id: UInt64) -> (chunk: Int, index: Int)? {
        let chunk = Int(truncatingIfNeeded: id >> Self.chunkBits)
        guard id <= Self.maximumID, chunk < chunks.count, !chunks[chunk].isEmpty else { return nil }
        return (chunk, Int(truncatingIfNeeded: id & (1 << Self.chunkBits - 1)))
    }

    private mutating func makePlace(of id: UInt64) -> (chunk: Int, index: Int)? {
        guard id <= Self.maximumID else { return nil }
        let chunk = Int(truncatingIfNeeded: id >> Self.chunkBits)
        while chunks.count <= chunk { chunks.append([]) }
        if chunks[chunk].isEmpty { chunks[chunk] = [Entry](repeating: Entry(), count: 1 << Self.chunkBits) }
        return (chunk, Int(truncatingIfNeeded: id & (1 << Self.chunkBits - 1)))
    }
}
