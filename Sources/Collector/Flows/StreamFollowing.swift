// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation

/// Where the streams of an engine are followed: on its own thread, or on another.
///
/// What comes back is the same in both cases, since it is asked for at points of the capture and
/// not of the clock. Only notices may come early or late, and are waited for where it matters.
struct StreamFollowing: ~Copyable {
    /// Has nothing to do where there is another thread, which has one of its own.
    private var worker: StreamWorker
    let other: StreamThread?

    init(
        patience: Patience,
        headers: SampledHeaders?,
        restNanoseconds: Int64,
        isOnOtherThread: Bool
    ) {
        worker = StreamWorker(patience: patience, headers: headers, restNanoseconds: restNanoseconds)
        guard isOnOtherThread else {
            other = nil
            return
        }
        // Records of about 8 ms at a million packets a second; more would only be memory.
        let records = HandOffRing<FollowRecord>(capacity: 8_192)
        // Each record makes two notices at most, and all are taken before so many were pushed.
        let notices = HandOffRing<FollowNotice>(capacity: 4 * FollowLimits.offersBetweenReports)
        let mailbox = StreamThread.Mailbox()
        other = StreamThread(records, notices, mailbox)
        let thread = Thread {
            let worker = StreamWorker(
                patience: patience,
                headers: headers,
                restNanoseconds: restNanoseconds
            )
            Self.follow(records, notices, mailbox, worker)
        }
        thread.name = "follow streams"
        // Dissectors are run here; the default of secondary threads is small.
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit {
        guard let other else { return }
        let instant = Timestamp(nanoseconds: 0)
        other.push(FollowRecord(.stop, at: instant, now: instant))
        // Payloads are read until then.
        other.wait(for: other.position)
    }

    /// Whether notices may be on their way.
    var isOnOtherThread: Bool { other != nil }

    /// Whether there are notices of this thread.
    var hasNoticesOfItsOwn: Bool { !worker.notices.isEmpty }

    /// Passes a record without a payload on.
    mutating func push(_ record: FollowRecord) {
        if let other { other.push(record) } else { worker.apply(record, payload: RawSpan()) }
    }

    /// Passes a record on.
    ///
    /// - Parameters:
    ///   - record: What happened.
    ///   - payload: Of a segment or a datagram; is copied if it has to wait and nobody keeps it.
    mutating func push(_ record: FollowRecord, payload: RawSpan) {
        guard let other else {
            worker.apply(record, payload: payload)
            return
        }
        var record = record
        if payload.byteCount > 0 {
            record.byteCount = UInt32(truncatingIfNeeded: payload.byteCount)
            record.address = other.kept(payload)
        }
        other.push(record)
    }

    /// Waits until all records were looked at.
    func waitForAll() {
        guard let other else { return }
        other.wait(for: other.position)
    }

    /// Takes the next notice, if there is one.
    mutating func nextNotice() -> FollowNotice? {
        if let other { return other.notices.nextIfThere() }
        return hasNoticesOfItsOwn ? worker.notices.removeFirst() : nil
    }

    /// Waits until all records were looked at, and takes what was found.
    ///
    /// - Parameters:
    ///   - record: Of a kind that asks for it.
    ///   - batch: Is given for use again, and replaced.
    mutating func report(_ record: FollowRecord, into batch: inout FollowBatch) {
        push(record)
        if let other {
            waitForAll()
            other.mailbox.exchange(&batch)
        } else {
            worker.exchange(&batch)
        }
    }

    // MARK: - On the other thread

    private static func follow(
        _ recordRing: HandOffRing<FollowRecord>,
        _ noticeRing: HandOffRing<FollowNotice>,
        _ mailbox: StreamThread.Mailbox,
        _ worker: consuming StreamWorker
    ) {
        var records = HandOffRing<FollowRecord>.Consumer(recordRing)
        var notices = HandOffRing<FollowNotice>.Producer(noticeRing)
        while true {
            let record = records.next()
            guard record.kind != .stop else { break }
            if let bytes = unsafe UnsafeRawPointer(bitPattern: record.address) {
                // Sound: the payload stays where it is until this record is done with, which is
                // said when the next is asked for.
                worker.apply(
                    record,
                    payload: unsafe RawSpan(_unsafeStart: bytes, byteCount: Int(record.byteCount))
                )
            } else {
                worker.apply(record, payload: RawSpan())
            }
            if !worker.notices.isEmpty {
                for notice in worker.notices { notices.push(notice) }
                worker.notices.removeAll(keepingCapacity: true)
                // Before the record is done with, so that who waits for that finds them.
                notices.tell(isUrgent: false)
            }
            if record.kind == .report || record.kind == .reportWithGauges {
                mailbox.exchange(&worker.batch)
            }
        }
        records.tell()
    }
}

/// Bounds on what waits between the engine and the followers of streams.
enum FollowLimits {
    /// Packets offered to streams before what was found in them is asked for: what bounds how
    /// much of it waits.
    static let offersBetweenReports = 16_384
    /// Points looked at for being at rest with each report, at least.
    static let pointsLookedAt = 4_096
    /// Reports in which all points are looked at, at most.
    static let looksAtAllPoints = 16
    /// How long a stream has no packet before it is parked.
    static let restNanoseconds: Int64 = 1_000_000_000
    /// Connections that are over and wait for what was found in their streams.
    static let endedConnections = 4_096
}
