// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Frames of a capture file or of standard input, read once from beginning to end.
///
/// Reads classic pcap and pcapng, plain or gzip, with readers of our own; memory is one buffer,
/// and frames are views into it. Never seeks, so a pipe is as good as a file, and a file that is
/// still being written can be followed as it grows.
package struct SavefilePacketSource: ~Copyable, PacketSource {
    private var input: CaptureInput
    private var format: CaptureFormat?
    private var isSniffed = false
    private var hasEnded = false
    private var silentPolls = 0
    private var beginningLength = CaptureLimits.identityPrefix
    /// What ended the input behind frames that are still to be handed over.
    private var complaint: CaptureError?

    package private(set) var damage = SourceDamage()
    /// Frames handed over so far.
    package private(set) var frameCount: UInt64 = 0
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

    /// What a person calls it: the path, or "standard input".
    package var name: String { input.name }

    /// Bytes of the file when it was opened, compressed as they are; `nil` for a stream.
    package var length: UInt64? { input.length }

    /// Bytes of the file that were read so far, compressed as they are.
    package var bytesRead: UInt64 { input.bytesRead }

    /// Where in the (decompressed) content the next record begins.
    package var offset: UInt64 { input.offset }

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
        guard !hasEnded else { return .ended }
        guard try prepare() else { return .idle }
        while true {
            let step = deliver(body)
            input.consume(step.consumed)
            frameCount &+= UInt64(step.frameCount)
            if let fault = step.fault { throw damaged(fault.text) }
            if step.frameCount > 0 { return .delivered }
            do throws(CaptureError) {
                switch try input.fill(step.needed) {
                case .filled: continue
                case .idle: return .idle
                case .ended: break
                }
            } catch {
                hasEnded = true
                if error.code == .damaged { damage.addDamage(at: input.endOffset) }
                throw error
            }
            if let complaint {
                hasEnded = true
                if complaint.code == .damaged { damage.addDamage(at: input.endOffset) }
                throw complaint
            }
            return try end()
        }
    }

    private mutating func deliver(_ body: (borrowing CapturedFrame) -> Void) -> ReadStep {
        format?.deliver(input.bytes, at: input.offset, damage: &damage, to: body) ?? ReadStep()
    }

    /// What is left at the end is a record that was cut short, or the sign of one overwritten.
    private mutating func end() throws(CaptureError) -> SourceProgress {
        hasEnded = true
        damage.isLastRecordCut = input.isCutInside || input.count > 0
        guard input.count > 0, !input.isCutInside, format?.isPlausibleCut(input.bytes) == false else {
            return .ended
        }
        damage.isLastRecordCut = false
        throw damaged("the last record claims more than the file holds, and contradicts itself")
    }

    /// Ends the input at damage.
    private mutating func damaged(_ detail: String) -> CaptureError {
        hasEnded = true
        damage.addDamage(at: input.offset)
        return CaptureError(
            .damaged,
            "\(name): damaged at byte \(input.offset)\(input.isCompressed ? " of its content" : ""): \(detail); "
                + "the \(frameCount) frames before were read. Try to copy the file again, or `pcapfix`"
        )
    }

    /// One line about damaged records that were skipped; `nil` if none was.
    ///
    /// Damage that ended the input is an error that `read` throws.
    package var skippedRecords: CaptureError? {
        guard damage.damagedRecords > 0, let offset = damage.firstDamageOffset else { return nil }
        return CaptureError(
            .damaged,
            "\(name): \(damage.damagedRecords) damaged records, the first at byte \(offset)\(input.isCompressed ? " of its content" : ""); "
                + "the \(frameCount) other frames were read. Try to copy the file again"
        )
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
        _ = probe?.deliver(records, at: 0, damage: &ignored) { beginning.add($0) }
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
