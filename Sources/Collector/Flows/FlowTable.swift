// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Live connections and their points, with a list for each stage from the idlest on.
///
/// Slots are numbered and used again. Finding a point and moving a connection to the end of its
/// list take constant time and do not allocate.
struct FlowTable: ~Copyable {
    private struct List: BitwiseCopyable {
        var head = -1
        var tail = -1
        var count = 0
    }

    /// How much activity a place in a list may leave out.
    ///
    /// Moving a connection to the end of its list for every packet touches two others; so lists
    /// are in the order of activity to this precision, and deadlines come up to that much late.
    static let listPrecisionNanoseconds: Int64 = 100_000_000

    var points = Slab<FlowPoint>()
    var connections = Slab<FlowConnection>()
    /// The trackers of points that judge segments; most points of a table lose theirs early or
    /// have none.
    var trackers = Slab<TCPTracker>()
    /// The holes that trackers know of.
    var holes = Slab<SequenceHoles>()
    private var index = SlotIndex()
    private var lists = InlineArray<7, List>(repeating: List())
    /// Random, so that nobody can choose keys that fall together.
    ///
    /// Nothing that is reported
    /// depends on it: slots are walked in the order of their numbers.
    let seed = UInt64.random(in: .min ... .max)
    private var lastSerial: UInt32 = 0
    /// Points in use.
    private(set) var pointCount = 0
    /// No connection's patience ends before.
    private(set) var nextDeadline = Timestamp(nanoseconds: .max)

    @inline(__always)
    func find(_ key: PointKey) -> Int? { find(key, hash: hash(key)) }

    @inline(__always)
    func find(_ key: PointKey, hash: UInt64) -> Int? {
        index.find(hash) { points[$0].key == key }
    }

    @inline(__always)
    func hash(_ key: PointKey) -> UInt64 { key.hash(seed: seed) }

    /// Whether no point can have a key of this hash.
    @inline(__always)
    func isUnknown(hash: UInt64) -> Bool { index.isEmpty(at: hash) }

    // MARK: - Before the search

    /// The slot where a search for a hash probably ends, or -1.
    @inline(__always)
    func guess(_ hash: UInt64) -> Int { index.guess(hash) }

    /// Reads something of a point.
    @inline(__always)
    func glance(at point: Int) -> UInt32 {
        points[point].serial ^ UInt32(truncatingIfNeeded: points[point].key.low.address.low)
    }

    /// Reads something of all that is kept for a point elsewhere.
    @inline(__always)
    func glanceBehind(_ point: Int) -> UInt32 {
        let (connection, tracker) = (points[point].connection, points[point].tracker)
        var glance: UInt32 = 0
        if connection >= 0 {
            glance ^= connections[connection].serial
            glance ^= connections[connection].hasEnded ? 1 : 0
        }
        if tracker >= 0 {
            glance ^= trackers[tracker][.fromOriginator].timedEnd
            glance ^= trackers[tracker].hasCompletedHandshake ? 1 : 0
        }
        return glance
    }

    // MARK: - Points

    /// Adds a point, as the only one of a new connection.
    mutating func insert(
        _ key: PointKey,
        originatorIsLow: Bool,
        stage: FlowConnection.Stage,
        at time: Timestamp
    )
        -> Int
    {
        // Bit 31 is left to packets that have no point.
        lastSerial = (lastSerial &+ 1) & 0x7FFF_FFFF
        let home = connections.insert(
            FlowConnection(transport: key.transport, serial: lastSerial, stage: stage, lastActivity: time)
        )
        let point = points.insert(
            FlowPoint(
                key: key,
                originatorIsLow: originatorIsLow,
                serial: lastSerial,
                connection: home
            )
        )
        connections[home].firstPoint = point
        pointCount += 1
        index.insert(key.hash(seed: seed), slot: point)
        append(home, to: stage, at: time)
        return point
    }

    /// Stops finding a point by its key; its connection keeps it until it is removed.
    mutating func unindex(_ point: Int) {
        guard points[point].isIndexed else { return }
        points[point].isIndexed = false
        index.remove(points[point].key.hash(seed: seed), slot: point)
    }

    /// Lets go of what judges segments at a point.
    mutating func release(_ point: Int) {
        let tracker = points[point].tracker
        if tracker >= 0 {
            trackers[tracker].release(&holes)
            trackers.remove(tracker)
            points[point].tracker = -1
        }
    }

    /// Takes a connection off the table, and keeps it until it is removed: nothing finds it, and it
    /// counts no more.
    mutating func retire(_ connection: Int) {
        var point = connections[connection].firstPoint
        while point >= 0 {
            unindex(point)
            points[point].isOver = true
            pointCount -= 1
            point = points[point].nextPoint
        }
        unlink(connection)
    }

    /// Removes a connection with all its points.
    mutating func remove(_ connection: Int) {
        if !points[connections[connection].firstPoint].isOver { retire(connection) }
        var point = connections[connection].firstPoint
        while point >= 0 {
            let next = points[point].nextPoint
            release(point)
            // Nobody may take the empty slot for what it was.
            points[point].connection = -1
            points.remove(point)
            point = next
        }
        connections[connection].firstPoint = -1
        connections.remove(connection)
    }

    /// Moves all points of one connection to another, and removes the empty one.
    mutating func absorb(_ other: Int, into survivor: Int, isFlipped: Bool) {
        var point = connections[other].firstPoint
        var last = point
        while point >= 0 {
            points[point].connection = survivor
            if isFlipped { points[point].isFlipped.toggle() }
            last = point
            point = points[point].nextPoint
        }
        points[last].nextPoint = connections[survivor].firstPoint
        connections[survivor].firstPoint = connections[other].firstPoint
        unlink(other)
        connections[other].firstPoint = -1
        connections.remove(other)
    }

    /// How far the connection of a point has come, as its tracker saw it.
    @inline(__always)
    func phase(of point: Int) -> TCPTracker.Phase {
        let tracker = points[point].tracker
        return tracker >= 0 ? trackers[tracker].phase : .new
    }

    /// The tracker of a point, made now if it has none.
    @inline(__always)
    mutating func tracker(of point: Int) -> Int {
        let known = points[point].tracker
        if known >= 0 { return known }
        let made = trackers.insert(TCPTracker())
        points[point].tracker = made
        return made
    }

    /// Whether a remembered point is still the one it was.
    func isCurrent(_ point: Int, serial: UInt32) -> Bool {
        isSame(point, serial: serial) && !points[point].isOver
    }

    /// The same, even if its connection is over.
    func isSame(_ point: Int, serial: UInt32) -> Bool {
        point >= 0 && point < points.count && points[point].serial == serial && points[point].connection >= 0
    }

    // MARK: - Lists

    /// The connection of a stage that has been silent longest.
    func idlest(_ stage: FlowConnection.Stage) -> Int? {
        let head = lists[Int(stage.rawValue)].head
        return head < 0 ? nil : head
    }

    /// Connections of a stage.
    func count(_ stage: FlowConnection.Stage) -> Int { lists[Int(stage.rawValue)].count }

    /// When the patience with a connection ends.
    func deadline(of connection: Int) -> Timestamp {
        connections[connection].lastActivity + connections[connection].stage.patienceNanoseconds
    }

    /// Looks again when the next patience ends.
    mutating func updateNextDeadline() {
        var next = Timestamp(nanoseconds: .max)
        for stage in FlowConnection.Stage.allCases {
            guard let head = idlest(stage) else { continue }
            next = min(next, deadline(of: head))
        }
        nextDeadline = next
    }

    /// Notes activity, and a new stage.
    @inline(__always)
    mutating func touch(_ connection: Int, stage: FlowConnection.Stage, at time: Timestamp) {
        let placed = connections[connection].placedAt
        if connections[connection].stage != stage || stage == .attempting
            || time - placed >= Self.listPrecisionNanoseconds
        {
            move(connection, to: stage, at: time)
        }
        // Never back: lists are in the order of activity.
        if connections[connection].lastActivity < time { connections[connection].lastActivity = time }
    }

    private mutating func move(_ connection: Int, to stage: FlowConnection.Stage, at time: Timestamp) {
        unlink(connection)
        append(connection, to: stage, at: time)
    }

    private mutating func append(_ connection: Int, to stage: FlowConnection.Stage, at time: Timestamp) {
        let list = Int(stage.rawValue)
        let tail = lists[list].tail
        connections[connection].stage = stage
        connections[connection].placedAt = time
        connections[connection].previous = tail
        connections[connection].next = -1
        if tail >= 0 {
            connections[tail].next = connection
        } else {
            lists[list].head = connection
        }
        lists[list].tail = connection
        lists[list].count += 1
        // A connection that is older than this packet may be the next to end; its own deadline
        // is no earlier than one that begins with its last activity.
        nextDeadline = min(
            nextDeadline,
            min(time, connections[connection].lastActivity) + stage.patienceNanoseconds
        )
    }

    private mutating func unlink(_ connection: Int) {
        let list = Int(connections[connection].stage.rawValue)
        let (previous, next) = (connections[connection].previous, connections[connection].next)
        lists[list].count -= 1
        if previous >= 0 { connections[previous].next = next } else { lists[list].head = next }
        if next >= 0 { connections[next].previous = previous } else { lists[list].tail = previous }
    }
}
