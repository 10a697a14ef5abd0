// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Ids of everything a block of a few bytes can name.
private let names: [UInt64: String] = {
    var names: [UInt64: String] = [:]
    let protocols = ApplicationProtocol.allCases.map(\.rawValue)
    for id in 1...UInt64(255) {
        names[id] = id <= UInt64(protocols.count) ? protocols[Int(id) - 1] : "text \(id)"
    }
    return names
}()

private let ids: [String: UInt64] = {
    var ids: [String: UInt64] = [:]
    for (id, name) in names { ids[name] = id }
    return ids
}()

/// A window block, whose checksums are right: read or refused, as rows and as columns alike; what was read
/// and can be written is read again as it was.
///
/// Compiled together with the sources of blocks, which no other module sees. The first byte chooses the
/// version, and how the group is read.
func fuzzBlocks(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    // Sound: pointer and count are libFuzzer's own, and the bytes are copied at once.
    let input = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let version = 1 + first % BlockFormat.version
    let body = Array(input.dropFirst())
    let frame = Frame(magic: Frame.windowBlock.magic, versions: version...version)
    // Every group of a block of the current version has a checksum of its own, which must be right too.
    let sealed = version == BlockFormat.version ? try? resealed(body) : try? frame.seal(body)
    guard let block = sealed, let reader = try? BlockReader(block, strings: names) else { return 0 }
    if version == BlockFormat.version {
        for group in reader.groups { readColumns(group, block) }
    }
    guard let rows = try? reader.rows() else { return 0 }
    // What no collector makes, a sum that has wrapped, is refused when it is written.
    guard let again = try? BlockWriter(strings: ids).encode(rows) else { return 0 }
    do {
        let back = try BlockReader(again, strings: names).rows()
        require(back == rows, "a block that was written anew has other rows")
    } catch {
        require(false, "a block that was written is refused: \(error)")
    }
    return 0
}

/// Reads a group as columns, and what they give as a group again.
private func readColumns(_ group: BlockReader.Group, _ block: [UInt8]) {
    guard var columns = try? RowColumns(group, block, strings: names) else { return }
    var strings = RowStrings(ids)
    var writer = ByteWriter()
    guard (try? columns.write(&strings, to: &writer)) != nil else { return }
    columns.removeAll()
    require(columns.count == 0, "columns that were emptied have rows")
}
