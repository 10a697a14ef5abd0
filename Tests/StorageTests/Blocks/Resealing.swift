// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

// The fuzzer compiles this file together with the sources of blocks.
#if canImport(Storage)
    import Storage
#endif

/// A block of a body that was changed: its checksums are made right again, as far as there is a directory, so that
/// the bytes reach the decoder.
func resealed(_ body: [UInt8]) throws -> [UInt8] {
    var body = body
    var places: [(checksum: Int, length: Int)] = []
    var cursor = ByteCursor(body)
    do throws(BlockError) {
        for _ in 0..<(try cursor.count()) {
            _ = try cursor.varint()
            _ = try cursor.varint()
            let length = try cursor.count()
            places.append((cursor.position, length))
            _ = try cursor.section(length: 4)
        }
    } catch {
        return try Frame.windowBlock.seal(body)
    }
    let covered = cursor.position
    var start = covered
    for (checksum, length) in places {
        let end = min(start + length, body.count)
        let made = Checksum.crc32c(body[start..<end])
        body.replaceSubrange(checksum..<checksum + 4, with: Checksum.bytes(made))
        start = end
    }
    return try Frame.windowBlock.seal(body, covered: covered)
}
