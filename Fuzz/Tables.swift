// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The tables of the packet engine beside models in dictionaries.
///
/// Compiled together with the sources of the tables, which no other module sees. The first byte
/// chooses the table.
func fuzzTables(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    switch input.byte() % 4 {
    case 0: compareSlab(&input)
    case 1: compareIndex(&input)
    case 2: compareSightings(&input, isOrderly: true)
    default: compareSightings(&input, isOrderly: false)
    }
    return 0
}

/// Slots keep their values while in use, and no slot is given away twice.
private func compareSlab(_ input: inout FuzzBytes) {
    var slab = Slab<UInt64>(minimumCapacity: Int(input.byte()) % 8)
    var model: [Int: UInt64] = [:]
    var serial: UInt64 = 0
    while !input.isEmpty {
        let choice = input.byte()
        serial += 1
        switch choice {
        case 0..<140:
            let slot = slab.insert(serial)
            require(model[slot] == nil, "slot \(slot) is given away twice")
            model[slot] = serial
        case 140..<220:
            guard let slot = model.keys.sorted().dropFirst(Int(input.byte())).first else { continue }
            slab.remove(slot)
            model[slot] = nil
        case 220..<254:
            guard let slot = model.keys.sorted().dropFirst(Int(input.byte())).first else { continue }
            slab[slot] = serial
            model[slot] = serial
        default:
            slab.removeAll()
            model = [:]
        }
        require(model.allSatisfy { slab[$0.key] == $0.value }, "a slot lost its value")
        require(slab.count >= model.count, "fewer slots than values")
    }
}

/// What was added is found until it is removed, however many hashes collide.
private func compareIndex(_ input: inout FuzzBytes) {
    var index = SlotIndex()
    var model: [Int: UInt64] = [:]
    // One of few low halves, and high ones that differ.
    let spread = UInt64(input.byte())
    func hash(_ slot: Int) -> UInt64 {
        UInt64(slot) << 40 | (UInt64(slot) &* spread) & 0xFF | (slot & 1 == 0 ? 0xFFFF_FF00 : 0)
    }
    while !input.isEmpty {
        let choice = input.byte()
        // A run of slots at a time, so that the index grows.
        let first = Int(input.byte())
        for slot in first..<first + Int(choice >> 2) {
            switch choice & 3 {
            case 0, 1:
                guard model[slot] == nil else { continue }
                index.insert(hash(slot), slot: slot)
                model[slot] = hash(slot)
            case 2:
                index.remove(hash(slot), slot: slot)
                model[slot] = nil
            default:
                guard choice == 255 else { continue }
                index.removeAll()
                model = [:]
            }
        }
        require(index.count == model.count, "\(index.count) slots, not \(model.count)")
        for slot in 0..<320 {
            let found = index.find(hash(slot)) { $0 == slot }
            require((found != nil) == (model[slot] != nil), "slot \(slot) is found \(found != nil)")
        }
    }
}

/// Frames of few packets at few points, as the table and as the model judge them.
///
/// Where time goes back further than the horizon the table may forget early, and only has to
/// survive.
private func compareSightings(_ input: inout FuzzBytes, isOrderly: Bool) {
    var table = SightingTable()
    var model = SightingModel()
    var latest: Int64 = 1_700_000_000_000_000_000
    while !input.isEmpty {
        let shape = input.byte()
        let step = Int64(input.byte()) * (shape & 0x80 != 0 ? 1_000_000 : 10_000)
        var time = latest
        switch shape & 0x60 {
        case 0x20: time -= min(step, SightingTable.horizonNanoseconds / 2)
        case 0x40 where !isOrderly: time = shape & 1 == 0 ? .max - step : .min + step
        default: time += step
        }
        if isOrderly { latest = max(latest, time) } else { latest = time / 2 }
        let frame = SightingModel.Frame(
            hash: UInt64(shape & 7) &* 0x1_0000_0000 | UInt64(shape & 1),
            view: SightingModel.View(serial: UInt32(shape >> 3 & 3), tag: UInt16(input.byte() & 7)),
            time: Timestamp(nanoseconds: time)
        )
        let verdict = table.register(
            hash: frame.hash,
            hasIdentification: frame.hasIdentification,
            tag: frame.view.tag,
            point: Int(frame.view.serial) + 100,
            serial: frame.view.serial,
            direction: frame.direction,
            at: frame.time
        )
        guard isOrderly else { continue }
        let expected = model.register(frame)
        let actual = SightingModel.Verdict(
            isFirst: verdict.isFirst,
            isNewToPoint: verdict.isNewToPoint,
            rank: Int(verdict.rank),
            firstSerial: verdict.firstSerial,
            firstDirection: verdict.firstDirection
        )
        require(actual == expected, "\(frame) is \(actual), not \(expected)")
        require(
            Int(verdict.firstPoint) == Int(verdict.firstSerial) + 100,
            "point and serial do not belong together"
        )
        require(table.forgottenEarly == 0, "a sighting was forgotten early")
    }
}
