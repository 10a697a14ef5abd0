// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Synchronization

/// What leads to the thread that follows streams, and back: the side of the engine's thread.
///
/// A source that keeps the bytes of its frames for a while may ask here how long they are needed.
package final class StreamThread {
    /// Bytes of payload that wait for the other thread because nobody else keeps them.
    private static let payloadBytes = 1 << 20

    var records: HandOffRing<FollowRecord>.Producer
    var notices: HandOffRing<FollowNotice>.Consumer
    private var payloads: PayloadRoom
    let mailbox: Mailbox
    /// The addresses whose bytes the source keeps until it is told that they are not needed.
    var keptBytes: Range<UInt> = 0..<0

    /// Where a batch is left to be fetched.
    final class Mailbox: Sendable {
        private let batch = Mutex(FollowBatch())

        func exchange(_ other: inout FollowBatch) {
            batch.withLock { swap(&$0, &other) }
        }
    }

    init(
        _ records: HandOffRing<FollowRecord>,
        _ notices: HandOffRing<FollowNotice>,
        _ mailbox: Mailbox
    ) {
        self.records = .init(records)
        self.notices = .init(notices)
        payloads = PayloadRoom(byteCount: Self.payloadBytes, records: records.capacity)
        self.mailbox = mailbox
    }

    /// Records pushed so far: what is kept for them is needed until so many are done with.
    var position: Int { records.pushed }

    /// Whether so many records are done with.
    func isDone(with position: Int) -> Bool { records.consumed() >= position }

    /// Waits until so many records are done with.
    func wait(for position: Int) { records.wait(for: position) }

    func push(_ record: FollowRecord) {
        records.push(record)
        payloads.noteRecord()
    }

    /// The address of a payload, where it can wait.
    func kept(_ payload: RawSpan) -> UInt {
        let address = unsafe payload.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        if keptBytes.contains(address) { return address }
        if let copy = payloads.copy(payload) { return copy }
        payloads.free(upTo: records.consumed())
        while true {
            if let copy = payloads.copy(payload) { return copy }
            // Half of what waits has to go first.
            let consumed = records.consumed()
            records.wait(for: consumed + (records.pushed - consumed + 1) / 2)
            payloads.free(upTo: records.consumed())
        }
    }
}
