// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Reads a file ahead of its use on a thread of its own, into chunks that stay where they are for as
/// long as somebody needs the frames in them.
///
/// ```text
///  chunk   |-- room for what was unread before --|------ read from the file ------|
/// ```
@safe
final class ReadAhead {
    /// Bytes that may be left unread when the next chunk comes.
    static let headroom = 256 << 10
    static let chunkLength = CaptureLimits.bufferLength
    /// Enough for the bytes of all records that wait for another thread.
    private static let chunkCount = 8

    /// A chunk on its way; the address is 0 for the end of the thread.
    struct Chunk: BitwiseCopyable {
        var address: UInt
        /// Bytes read, 0 at the end of the file; the number of an error, negative.
        var count = 0
    }

    private let streams: StreamThread
    private let room: UnsafeMutableRawPointer
    private var empty: HandOffRing<Chunk>.Producer
    private var filled: HandOffRing<Chunk>.Consumer
    private var current: Chunk?
    /// Chunks that were left, and the position of streams at which they are not needed any more.
    private var left: [(chunk: Chunk, position: Int)] = []

    /// - Parameters:
    ///   - descriptor: Is closed in the end.
    ///   - streams: Whoever needs the bytes.
    init(descriptor: Int32, for streams: StreamThread) {
        self.streams = streams
        let length = Self.headroom + Self.chunkLength
        unsafe room = .allocate(byteCount: length * Self.chunkCount, alignment: 4_096)
        let empty = HandOffRing<Chunk>(capacity: 128)
        let filled = HandOffRing<Chunk>(capacity: 128)
        self.empty = .init(empty)
        self.filled = .init(filled)
        let thread = Thread { Self.read(descriptor, empty, filled) }
        thread.name = "read ahead"
        thread.start()
        for number in 0..<Self.chunkCount {
            give(Chunk(address: unsafe UInt(bitPattern: room + number * length)))
        }
    }

    deinit {
        streams.keptBytes = 0..<0
        streams.wait(for: streams.position)
        give(Chunk(address: 0))
        empty.wait(for: empty.pushed)
        unsafe room.deallocate()
    }

    private func give(_ chunk: Chunk) {
        empty.push(chunk)
        empty.tell(isUrgent: true)
    }

    /// The next chunk that was read; the one before stays as it is until the one after.
    func next() -> Chunk {
        while let first = left.first,
            left.count >= Self.chunkCount - 2 || streams.isDone(with: first.position)
        {
            streams.wait(for: first.position)
            left.removeFirst()
            give(first.chunk)
        }
        let chunk = filled.next()
        leave()
        current = chunk
        let address = chunk.address
        streams.keptBytes = address..<address + UInt(Self.headroom + Self.chunkLength)
        return chunk
    }

    /// Tells that the source looks at the current chunk no more.
    func leave() {
        guard let chunk = current else { return }
        current = nil
        streams.keptBytes = 0..<0
        left.append((chunk, streams.position))
    }

    // MARK: - On the other thread

    private static func read(
        _ descriptor: Int32,
        _ emptyRing: HandOffRing<Chunk>,
        _ filledRing: HandOffRing<Chunk>
    ) {
        var empty = HandOffRing<Chunk>.Consumer(emptyRing)
        var filled = HandOffRing<Chunk>.Producer(filledRing)
        while true {
            var chunk = empty.next()
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: chunk.address) else { break }
            repeat {
                // Sound: a chunk is that much longer than its headroom, and nobody else has it.
                chunk.count = unsafe Foundation.read(descriptor, start + headroom, chunkLength)
            } while chunk.count < 0 && errno == EINTR
            if chunk.count < 0 { chunk.count = -Int(errno) }
            filled.push(chunk)
            filled.tell(isUrgent: true)
        }
        close(descriptor)
        empty.tell()
    }
}
