// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The bytes of a capture, decompressed where needed, buffered for the readers of formats.
struct CaptureInput: ~Copyable {
    enum Fill {
        case filled
        /// A stream, or a file that is followed, has nothing for now.
        case idle
        case ended
    }

    private let file: InputFile
    private var buffer = CaptureBuffer(capacity: CaptureLimits.bufferLength)
    private var inflater: GzipInflater?
    private var ahead: ReadAhead?
    private var isAtEnd = false
    /// Compressed input ended inside its compressed data.
    private(set) var isCutInside = false
    /// Bytes read of the file, compressed as they are.
    private(set) var bytesRead: UInt64 = 0

    /// The end of a file is where its writer has come so far.
    private(set) var isFollowing: Bool

    init(path: String, isFollowed: Bool) throws(CaptureError) {
        file = try InputFile(path: path)
        // A stream says itself where it ends.
        isFollowing = isFollowed && file.isRegular
    }

    var name: String { file.name }
    /// Bytes of the file when it was opened, compressed as they are; `nil` for a stream.
    var length: UInt64? { file.isRegular ? file.length : nil }
    var isCompressed: Bool { inflater != nil }
    var count: Int { buffer.count }
    /// Where the first unread byte is in the decompressed content.
    var offset: UInt64 { buffer.offset }

    /// The unread bytes.
    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }

    mutating func consume(_ count: Int) { buffer.consume(count) }

    /// Reads until so many unread bytes are there in one piece, or as many as there will be.
    mutating func fill(_ needed: Int) throws(CaptureError) -> Fill {
        guard buffer.count < needed else { return .filled }
        guard !isAtEnd else { return .ended }
        if let ahead { return try fill(needed, from: ahead) }
        buffer.reserve(needed)
        while buffer.count < needed {
            switch try readSome() {
            case nil:
                return .idle
            case 0:
                isAtEnd = true
                return .ended
            default:
                continue
            }
        }
        return .filled
    }

    /// Reads on another thread from here on, if this is a plain file.
    mutating func readAhead(for streams: StreamThread) {
        guard file.isRegular, !isFollowing, inflater == nil, ahead == nil, let copy = file.duplicate()
        else { return }
        ahead = ReadAhead(descriptor: copy, for: streams)
    }

    private mutating func fill(_ needed: Int, from ahead: ReadAhead) throws(CaptureError) -> Fill {
        while buffer.count < needed {
            let isLong = buffer.count > ReadAhead.headroom
            // Before its chunk is left: what is unread moves to storage of our own.
            if isLong { buffer.reserve(max(needed, buffer.count + ReadAhead.chunkLength)) }
            let chunk = ahead.next()
            guard chunk.count > 0, let start = unsafe UnsafeMutableRawPointer(bitPattern: chunk.address)
            else {
                isAtEnd = true
                guard chunk.count == 0 else { throw file.readError(Int32(truncatingIfNeeded: -chunk.count)) }
                return .ended
            }
            bytesRead &+= UInt64(chunk.count)
            if isLong {
                // Sound: the room was reserved, and the chunk has so many bytes behind its headroom.
                unsafe buffer.room.copyMemory(
                    from: UnsafeRawBufferPointer(start: start + ReadAhead.headroom, count: chunk.count)
                )
                buffer.commit(chunk.count)
                ahead.leave()
            } else {
                // Sound: the chunk stays until the next one is asked for.
                unsafe buffer.adopt(start, start: ReadAhead.headroom, count: chunk.count)
            }
        }
        return .filled
    }

    /// Reads once; `nil` for nothing now, 0 at the end.
    private mutating func readSome() throws(CaptureError) -> Int? {
        guard let inflater else {
            guard let count = try unsafe read(into: buffer.room) else { return nil }
            buffer.commit(count)
            return count
        }
        while true {
            // Sound: as above; zlib is told the size of the room.
            let count = unsafe inflater.inflate(into: buffer.room)
            buffer.commit(count)
            guard count == 0 else { return count }
            switch inflater.state {
            case .ended:
                return 0
            case .endedEarly:
                isCutInside = true
                return 0
            case .damaged(let detail):
                isAtEnd = true
                throw CaptureError(
                    .damaged,
                    "\(name): the gzip data is damaged (\(detail)) after \(endOffset) bytes of its content, "
                        + "which were read; try to copy or download the file again"
                )
            case .needsInput:
                guard let count = try unsafe read(into: inflater.room) else { return nil }
                inflater.supplied(count)
            }
        }
    }

    /// Reads the file once; `nil` for nothing now, 0 at the end.
    private mutating func read(into room: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int? {
        guard file.isRegular || file.isReadable(withinMilliseconds: CaptureLimits.pollMilliseconds)
        else { return nil }
        // Sound: the file writes no more than the room it is given.
        let count = try unsafe file.read(into: room)
        bytesRead &+= UInt64(count)
        guard count == 0, isFollowing else { return count }
        try file.awaitGrowth(beyond: bytesRead)
        return nil
    }

    /// Takes the end of the file for the end from here on.
    mutating func stopFollowing() { isFollowing = false }

    /// Where the input ends so far, in the decompressed content.
    var endOffset: UInt64 { buffer.offset &+ UInt64(buffer.count) }

    /// Takes what was read so far as the beginning of gzip data.
    mutating func startInflating() {
        let started = GzipInflater()
        // Sound: the inflater's room is as long as a buffer that has not grown, and the copy
        // stops at its end.
        started.supplied(unsafe copyUnread(into: started.room))
        inflater = started
        buffer.restart()
    }

    private func copyUnread(into room: UnsafeMutableRawBufferPointer) -> Int {
        let unread = buffer.bytes.extracting(first: room.count)
        unsafe unread.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
        return unread.byteCount
    }
}
