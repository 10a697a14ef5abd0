// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The bytes between a file and the frames in it: read from it, not yet used.
///
/// ```text
///  storage        start              end            capacity
///  |--- used ------|----- unread -----|---- room ------|
/// ```
///
/// Unread bytes move only when more are needed than lie before the end: at most the beginning
/// of one record per buffer.
@safe
struct CaptureBuffer: ~Copyable {
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    /// The storage is somebody else's, who keeps it.
    private(set) var isLent = false
    private var start = 0
    private var end = 0
    /// Where the first unread byte is in the whole input.
    private(set) var offset: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe storage = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { if !isLent { unsafe storage.deallocate() } }

    var count: Int { end - start }

    /// The unread bytes.
    var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // Sound: start...end lies inside the storage at all times, and all bytes before
            // `end` were written before `commit` let it grow over them.
            let span = unsafe RawSpan(_unsafeStart: storage + start, byteCount: end - start)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Marks unread bytes as used.
    mutating func consume(_ count: Int) {
        let step = min(max(0, count), self.count)
        start += step
        offset &+= UInt64(step)
    }

    /// Makes room so that `needed` bytes can lie in one piece.
    mutating func reserve(_ needed: Int) {
        if needed > capacity || isLent {
            var grown = CaptureLimits.bufferLength
            while grown < needed { grown *= 2 }
            let larger = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
            // Sound: `count` bytes are there, and fit, since the new one is larger.
            unsafe larger.copyMemory(from: storage + start, byteCount: count)
            if !isLent { unsafe storage.deallocate() }
            unsafe storage = larger
            capacity = grown
            isLent = false
        } else if start > 0 {
            // Sound: both ranges lie inside the storage; memmove allows them to overlap.
            unsafe storage.copyMemory(from: storage + start, byteCount: count)
        } else {
            return
        }
        end = count
        start = 0
    }

    /// Goes on in storage of somebody else, who keeps it until the next call or `reserve`.
    ///
    /// - Parameters:
    ///   - lent: The storage.
    ///   - start: Where in it there are new bytes; what is unread fits before them.
    ///   - count: How many there are.
    @unsafe
    mutating func adopt(_ lent: UnsafeMutableRawPointer, start: Int, count: Int) {
        let unread = self.count
        precondition(unread <= start, "no room for what is unread")
        // Sound: there is room before the new bytes, as was just checked.
        unsafe (lent + (start - unread)).copyMemory(from: storage + self.start, byteCount: unread)
        if !isLent { unsafe storage.deallocate() }
        unsafe storage = lent
        isLent = true
        self.start = start - unread
        end = start + count
        capacity = end
    }

    /// The room behind the unread bytes, to be written to before `commit`.
    @unsafe
    var room: UnsafeMutableRawBufferPointer {
        // Sound: end...capacity is the part of the storage that nothing unread is in.
        unsafe UnsafeMutableRawBufferPointer(start: storage + end, count: capacity - end)
    }

    /// Makes bytes that were written to `room` unread ones.
    mutating func commit(_ count: Int) {
        end += min(max(0, count), capacity - end)
    }

    /// Forgets everything, as if nothing had been read.
    mutating func restart() {
        (start, end, offset) = (0, 0, 0)
    }
}
