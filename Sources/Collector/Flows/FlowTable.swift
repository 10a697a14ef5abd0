// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Live connections and their points, with a list for each stage from the idlest on.
///
/// Slots are numbered and used again. Finding a point and moving a connection to the end of its
/// list take constant time and do not allocate.
struct FlowTable {
    private struct List: BitwiseCopyable {
        var head = -1
        var tail = -1
        var count = 0
    }

    var points: [FlowPoint] = []
    /// Of each point, the tracker of its segments; apart, so that points hold no references.
    var boxes: [TCPTrackerBox?] = []
    /// Of each point, the follower of its streams.
    var followers: [StreamFollower?] = []
    var connections: [FlowConnection] = []
    private var freePoints: [Int] = []
    private var freeConnections: [Int] = []
    private var index = SlotIndex()
    private var lists = InlineArray<7, List>(repeating: List())
    /// Random, so that nobody can choose keys that fall together.
    ///
    /// Nothing that is reported
    /// depends on it: slots are walked in the order of their numbers.
    private let seed = UInt64.random(in: .min ... .max)
    private var lastSerial: UInt32 = 0
    /// Points in use.
    private(set) var pointCount = 0

    func find(_ key: PointKey) -> Int? {
        index.find(key.hash(seed: seed)) { points[$0].key == key }
    }

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
        let slot = freePoints.popLast() ?? points.count
        let connection = FlowConnection(
            transport: key.transport,
            firstPoint: slot,
            serial: lastSerial,
            stage: stage,
            lastActivity: time
        )
        let home: Int
        if let free = freeConnections.popLast() {
            connections[free] = connection
            home = free
        } else {
            home = connections.count
            connections.append(connection)
        }
        let point = FlowPoint(
            key: key,
            originatorIsLow: originatorIsLow,
            serial: lastSerial,
            connection: home
        )
        if slot == points.count {
            points.append(point)
            boxes.append(nil)
            followers.append(nil)
        } else {
            points[slot] = point
        }
        pointCount += 1
        index.insert(key.hash(seed: seed), slot: slot)
        append(home, to: stage)
        return slot
    }

    /// Stops finding a point by its key; its connection keeps it until it is removed.
    mutating func unindex(_ point: Int) {
        guard points[point].isIndexed else { return }
        points[point].isIndexed = false
        index.remove(points[point].key.hash(seed: seed), slot: point)
    }

    /// Removes a connection with all its points.
    mutating func remove(_ connection: Int) {
        var point = connections[connection].firstPoint
        while point >= 0 {
            let next = points[point].nextPoint
            unindex(point)
            boxes[point] = nil
            followers[point] = nil
            // Nobody may take the empty slot for what it was.
            points[point].connection = -1
            freePoints.append(point)
            pointCount -= 1
            point = next
        }
        unlink(connection)
        connections[connection].firstPoint = -1
        freeConnections.append(connection)
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
        freeConnections.append(other)
    }

    /// Whether a remembered point is still the one it was.
    func isCurrent(_ point: Int, serial: UInt32) -> Bool {
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

    /// Notes activity, and a new stage.
    mutating func touch(_ connection: Int, stage: FlowConnection.Stage, at time: Timestamp) {
        let list = lists[Int(connections[connection].stage.rawValue)]
        if connections[connection].stage != stage || list.tail != connection {
            unlink(connection)
            append(connection, to: stage)
        }
        // Never back: lists are in the order of activity.
        connections[connection].lastActivity = max(connections[connection].lastActivity, time)
    }

    private mutating func append(_ connection: Int, to stage: FlowConnection.Stage) {
        let list = Int(stage.rawValue)
        connections[connection].stage = stage
        connections[connection].previous = lists[list].tail
        connections[connection].next = -1
        if lists[list].tail >= 0 {
            connections[lists[list].tail].next = connection
        } else {
            lists[list].head = connection
        }
        lists[list].tail = connection
        lists[list].count += 1
    }

    private mutating func unlink(_ connection: Int) {
        let list = Int(connections[connection].stage.rawValue)
        let (previous, next) = (connections[connection].previous, connections[connection].next)
        lists[list].count -= 1
        if previous >= 0 { connections[previous].next = next } else { lists[list].head = next }
        if next >= 0 { connections[next].previous = previous } else { lists[list].tail = previous }
    }
}
