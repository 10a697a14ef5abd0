// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import TestKit
import Testing

/// Frames of public pcapng captures beside tshark's, which `scripts/tshark-frames.py` asks.
@Suite struct `Frames of pcapng captures` {
    /// What tshark says about one frame.
    private struct Fact {
        let section: Int
        let interface: Int
        let linkType: UInt32
        /// `nil` for a frame without a time.
        let nanoseconds: Int64?
        let captured: Int
        let wire: Int

        /// `nil` for the row of a file without frames.
        init?(_ columns: [String]) throws {
            guard !columns[1].isEmpty else { return nil }
            section = try Self.figure(columns[1])
            interface = try Self.figure(columns[2])
            linkType = try Self.figure(columns[3])
            nanoseconds = columns[4].isEmpty ? nil : try Self.figure(columns[4])
            captured = try Self.figure(columns[5])
            wire = try Self.figure(columns[6])
        }

        private static func figure<T: FixedWidthInteger>(_ text: String) throws -> T {
            try #require(T(text))
        }
    }

    /// What both say of one frame; interfaces are compared apart, as ours are numbered on.
    private struct Figures: Equatable {
        let nanoseconds: Int64
        let linkType: UInt32
        let captured: Int
        let wire: Int
    }

    private struct SectionInterface: Hashable {
        let section: Int
        let interface: Int
    }

    /// The facts in the order of time, in which frames are handed over, each with its time.
    ///
    /// A frame without a time is given that of the frame before.
    private static func ordered(_ facts: [Fact]) -> [(fact: Fact, nanoseconds: Int64)] {
        var last: Int64 = 0
        let timed = facts.map { fact in
            last = fact.nanoseconds ?? last
            return (fact: fact, nanoseconds: last)
        }
        return timed.enumerated()
            .sorted { ($0.element.nanoseconds, $0.offset) < ($1.element.nanoseconds, $1.offset) }
            .map(\.element)
    }

    @Test func `have the times, link types, interfaces and lengths that tshark finds`() throws {
        guard let folder = Corpus.folder else { return }
        let rows = try Corpus.table(Checkout.fixtures + "/frames.tsv")
        var (frames, files, untimed) = (0, 0, 0)
        for (file, rows) in Dictionary(grouping: rows, by: { $0[0] }) {
            let facts = try rows.compactMap { try Fact($0) }
            let expected = Self.ordered(facts)
            let reading = CaptureReading(path: "\(folder)/\(file)")
            #expect(reading.error == nil, "\(file)")
            #expect(reading.damage.damagedRecords == 0, "\(file)")
            let found = reading.frames.map {
                Figures(
                    nanoseconds: $0.nanoseconds,
                    linkType: $0.linkType,
                    captured: $0.bytes.count,
                    wire: $0.wireLength
                )
            }
            let figures = expected.map {
                Figures(
                    nanoseconds: $0.nanoseconds,
                    linkType: $0.fact.linkType,
                    captured: $0.fact.captured,
                    wire: $0.fact.wire
                )
            }
            #expect(found == figures, "\(file)")
            // Each interface of each section has a number of its own, in the order of the file.
            var numbers: [SectionInterface: Set<UInt32>] = [:]
            for (frame, expected) in zip(reading.frames, expected) {
                let place = SectionInterface(
                    section: expected.fact.section,
                    interface: expected.fact.interface
                )
                numbers[place, default: []].insert(frame.interfaceNumber)
            }
            let ordered = numbers.sorted {
                ($0.key.section, $0.key.interface) < ($1.key.section, $1.key.interface)
            }
            let sequence = ordered.flatMap(\.value)
            #expect(sequence.count == numbers.count, "\(file): an interface with two numbers")
            #expect(zip(sequence, sequence.dropFirst()).allSatisfy { $0 < $1 }, "\(file): \(sequence)")
            frames += facts.count
            files += 1
            untimed += facts.count { $0.nanoseconds == nil }
        }
        #expect(files == 15 && frames == 588 && untimed == 5)
    }
}
