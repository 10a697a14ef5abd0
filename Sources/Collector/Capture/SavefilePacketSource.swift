// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Frames of a capture file or of standard input, read once from beginning to end.
///
/// Reads classic pcap and pcapng, plain or gzip, with readers of our own; memory is one buffer,
/// and frames are views into it. Never seeks, so a pipe is as good as a file, and a file that is
/// still being written can be followed as it grows.
///
/// Frames that are out of order by less than `CaptureLimits.reorderNanoseconds` and
/// `CaptureLimits.reorderBytes` are put in order. What is held back for that is handed over as
/// soon as there is no more input for now.
package struct SavefilePacketSource: ~Copyable, PacketSource {
    var input: CaptureInput
    var format: CaptureFormat?
    private var isSniffed = false
    var hasEnded = false
    private var silentPolls = 0
    private var beginningLength = CaptureLimits.identityPrefix
    /// What ended the input behind frames that are still to be handed over.
    private var complaint: CaptureError?
    /// Damage that the next sound record is looked for behind.
    var fault: Damage?
    /// Frames that were read and not handed over yet.
    var queue = FrameQueue()
    /// Frames that are handed over next.
    var batch = FrameBatch()
    /// Unread bytes, from the first, in which frames were read.
    var indexed = 0

    package internal(set) var damage = SourceDamage()
    /// Frames handed over so far.
    package internal(set) var frameCount: UInt64 = 0
    /// Set once `prepare` has returned `true`.
    package private(set) var identity: CaptureIdentity?

    /// Opens a file; reads nothing yet.
    ///
    /// - Parameters:
    ///   - path: `-` for standard input.
    ///   - isFollowed: The end of a file is not taken for the end until `stopFollowing`, but
    ///     `read` says `idle` there, once `CaptureLimits.pollMilliseconds` have passed.
    /// - Throws: `CaptureError` for what is missing, unreadable or a directory.
    package init(path: String, isFollowed: Bool = false) throws(CaptureError) {
        input = try CaptureInput(path: path, isFollowed: isFollowed)
    }

    /// Lets the file end where its end is from now on.
    package mutating func stopFollowing() { input.stopFollowing() }

    /// Reads on another thread from here on, and keeps frames for the one that follows streams.
    ///
    /// - Parameter streams: Of the engine that frames are accounted by; it may be let go of before.
    package mutating func readAhead(for streams: StreamThread) { input.readAhead(for: streams) }

    /// What a person calls it: the path, or "standard input".
    package var name: String { input.name }

    /// Bytes of the file when it was opened, compressed as they are; `nil` for a stream.
    package var length: UInt64? { input.length }

    /// Bytes of the file that were read so far, compressed as they are.
    package var bytesRead: UInt64 { input.bytesRead }

    /// The interfaces of the capture that were met so far.
    package var interfaceCount: Int { format?.interfaceCount ?? 0 }

    /// Whether more than one interface may come; known once `prepare` has returned `true`.
    var mayHaveSeveralInterfaces: Bool { if case .pcapng = format { true } else { false } }

    /// Refuses a capture of which the file header says that no frame can be read.
    ///
    /// Others have to be read to know: `MeteringEngine.unreadLinks`.
    ///
    /// - Throws: `CaptureError` that names the link type.
    package func checkLinkType() throws(CaptureError) {
        guard let type = format?.linkType, !LinkType.isRead(type) else { return }
        var links = UnreadLinks()
        links.note(type)
        throw links.refusal(of: name)
    }

    /// Hands over the names that the file gave to addresses since the last time.
    package mutating func takeNames() -> [RecordedName] { format?.takeNames() ?? [] }

    /// Puts the times of interfaces right whose clocks are known to differ from that of another.
    package mutating func align(_ clocks: ClockSurvey) {
        guard let last = clocks.offsets.last else { return }
        var shifts = [Int64](repeating: 0, count: Int(last.interface) + 1)
        for offset in clocks.offsets { shifts[Int(offset.interface)] = -offset.nanoseconds }
        queue.align(shifts)
    }

    /// Reads as far as it takes to know the format and the identity.
    ///
    /// - Returns: `false` if a stream has not come that far yet; to be called again.
    /// - Throws: `CaptureError` for what is empty or not a capture.
    package mutating func prepare() throws(CaptureError) -> Bool {
        guard identity == nil else { return true }
        do throws(CaptureError) {
            guard try sniff() else { return false }
            if format == nil {
                guard case .filled = try fillUnlessEnded(CaptureFormat.headerLength) else { return false }
                format = try CaptureFormat(input.bytes, name: input.name, isCompressed: input.isCompressed)
            }
            guard try identify() else { return false }
            input.consume(format?.fileHeaderLength ?? 0)
            return true
        } catch {
            hasEnded = true
            if error.code == .damaged { damage.addDamage(at: input.endOffset) }
            throw error
        }
    }

    package mutating func read(
        _ body: (borrowing CapturedFrame) -> Void
    ) throws(CaptureError) -> SourceProgress {
        try read(batches: { batch, bytes in
            for index in 0..<batch.count { body(batch.frame(index, of: bytes)) }
        })
    }

    /// Hands over the frames that are there, in the order of capture, some at once.
    ///
    /// - Parameter body: Receives a few frames and the bytes they are in, and must not keep them.
    /// - Returns: As `read`.
    /// - Throws: As `read`.
    package mutating func read(
        batches body: (borrowing FrameBatch, RawSpan) -> Void
    ) throws(CaptureError) -> SourceProgress {
        guard !hasEnded else { return .ended }
        guard try prepare() else { return .idle }
        let before = frameCount
        while true {
            if fault != nil, try !passDamage() { return .idle }
            pass(body)
            let step = index()
            handOver(isLast: step.fault != nil, body)
            if let found = step.fault { noteDamage(found.text) }
            if frameCount > before { return .delivered }
            if step.fault != nil { continue }
            do throws(CaptureError) {
                switch try input.fill(indexed + step.needed) {
                case .filled: continue
                case .idle:
                    handOver(isLast: true, body)
                    return frameCount > before ? .delivered : .idle
                case .ended:
                    handOver(isLast: true, body)
                    if frameCount > before { return .delivered }
                }
            } catch {
                handOver(isLast: true, body)
                hasEnded = true
                if error.code == .damaged { damage.addDamage(at: input.endOffset) }
                throw error
            }
            if let complaint {
                hasEnded = true
                if complaint.code == .damaged { damage.addDamage(at: input.endOffset) }
                throw complaint
            }
            if isEnd() { return .ended }
        }
    }

    // MARK: - Preparing

    /// Finds out whether the input is compressed; `false` if a stream has said nothing yet.
    private mutating func sniff() throws(CaptureError) -> Bool {
        guard !isSniffed else { return true }
        guard case .filled = try fillUnlessEnded(2) else { return false }
        isSniffed = true
        if input.bytes.byteCount >= 2, input.bytes.bigEndian(UInt16.self, at: 0) == 0x1F8B {
            input.startInflating()
        }
        return true
    }

    /// Takes the identity; `false` if a stream has not said enough yet.
    private mutating func identify() throws(CaptureError) -> Bool {
        while true {
            let isFilled = try isFilled(beginningLength)
            let beginning = beginning()
            if !beginning.isComplete, !isFilled {
                // A quiet stream is not made to wait for all frames, but no two quiet streams
                // may look alike, and file headers do.
                silentPolls += 1
                guard silentPolls >= CaptureLimits.identityPatience, beginning.frameCount > 0
                else { return false }
            } else if !beginning.isComplete, input.count >= beginningLength,
                beginningLength < CaptureLimits.maximumBlockLength
            {
                beginningLength *= 2
                continue
            }
            identity = beginning.identity
            queue.begin(at: beginning.start)
            return true
        }
    }

    /// The first frames that lie whole in what is there, read by a copy of the reader.
    private func beginning() -> CaptureIdentity.Beginning {
        var probe = format
        var ignored = SourceDamage()
        var beginning = CaptureIdentity.Beginning()
        let records = input.bytes.extracting(first: beginningLength)
            .extracting(droppingFirst: format?.fileHeaderLength ?? 0)
        _ = probe?.deliver(records, at: 0, damage: &ignored) { frame, _ in
            beginning.add(frame)
            return !beginning.isComplete
        }
        return beginning
    }

    /// Fills as far as it goes; `false` if more may come.
    private mutating func isFilled(_ needed: Int) throws(CaptureError) -> Bool {
        do throws(CaptureError) {
            if case .idle = try input.fill(needed) { return false }
        } catch {
            // Frames before the damage are to be handed over first.
            guard error.code == .damaged, input.count > 0 else { throw error }
            complaint = error
        }
        return true
    }

    /// Like `fill`, where an end before is as good.
    private mutating func fillUnlessEnded(_ needed: Int) throws(CaptureError) -> CaptureInput.Fill {
        if case .idle = try input.fill(needed) { return .idle }
        return .filled
    }
}
