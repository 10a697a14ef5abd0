// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Everything that can be read is: behind damage the next sound record is looked for.
extension SavefilePacketSource {
    /// A place that could not be read.
    struct Damage {
        let text: String
        let offset: UInt64
    }

    /// Begins to look for a sound record behind the first unread byte.
    mutating func noteDamage(_ text: String) {
        fault = Damage(text: text, offset: input.offset)
        damage.addDamage(at: input.offset)
        skip(1)
    }

    /// Goes on to the next sound record.
    ///
    /// - Returns: `false` if a stream has not said enough yet.
    /// - Throws: `CaptureError` where there is none.
    mutating func passDamage() throws(CaptureError) -> Bool {
        var isLast = false
        while let damaged = fault, let format {
            let step = format.search(input.bytes, near: queue.start, isLast: isLast)
            skip(step.skipped)
            if step.isFound {
                fault = nil
                return true
            }
            guard !isLast, input.offset &- damaged.offset < CaptureLimits.maximumSearch else {
                hasEnded = true
                throw ended(by: damaged)
            }
            do throws(CaptureError) {
                switch try input.fill(step.needed) {
                case .filled: continue
                case .idle: return false
                case .ended: isLast = true
                }
            } catch {
                hasEnded = true
                throw error
            }
        }
        return true
    }

    /// Whether the input ends here, maybe inside a record; if a sound one is behind it, then it is
    /// no end but damage.
    mutating func isEnd() -> Bool {
        guard input.count > 0, !input.isCutInside else {
            hasEnded = true
            damage.isLastRecordCut = input.isCutInside || input.count > 0
            return true
        }
        guard isCut else {
            noteDamage("a record claims more than the file holds")
            return false
        }
        hasEnded = true
        damage.isLastRecordCut = true
        return true
    }

    /// Whether what is left looks like a record that was cut, and nothing sound is in it.
    private var isCut: Bool {
        guard let format else { return true }
        let rest = input.bytes.extracting(droppingFirst: 1)
        return format.isPlausibleCut(input.bytes)
            && !format.search(rest, near: queue.start, isLast: true).isFound
    }

    private mutating func skip(_ count: Int) {
        input.consume(count)
        damage.skippedBytes &+= UInt64(count)
    }

    /// The error that says that nothing was found behind damage.
    private func ended(by damaged: Damage) -> CaptureError {
        CaptureError(
            .damaged,
            "\(name): damaged at byte \(damaged.offset)\(place): \(damaged.text), and no sound record follows; "
                + "the \(frameCount) frames before were read. Try to copy the file again, or `pcapfix`"
        )
    }

    /// One line about damaged records that were skipped; `nil` if none was.
    ///
    /// Damage that ended the input is an error that `read` throws.
    package var skippedRecords: CaptureError? {
        guard damage.damagedRecords > 0, let offset = damage.firstDamageOffset else { return nil }
        let skipped = damage.skippedBytes > 0 ? " (\(damage.skippedBytes) bytes were passed over)" : ""
        return CaptureError(
            .damaged,
            "\(name): \(damage.damagedRecords) damaged records, the first at byte \(offset)\(place)\(skipped); "
                + "the \(frameCount) other frames were read. Try to copy the file again"
        )
    }

    private var place: String { input.isCompressed ? " of its content" : "" }
}
