// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Real captures` {
    /// Where our reader and capinfos disagree on purpose: path and reason.
    ///
    /// There is none so far.
    static let explained: [String: String] = [:]

    @Test func `of the corpus have as many packets as capinfos finds`() throws {
        guard let folder = Corpus.folder else { return }
        var count = 0
        for columns in try Corpus.table(folder + "/ORACLE.tsv") {
            guard columns.count >= 3, columns[1] == "capinfos_packets", let expected = Int(columns[2]) else {
                continue
            }
            let path = columns[0]
            guard Self.explained[path] == nil else { continue }
            let reading = CaptureReading(path: "\(folder)/\(path)")
            #expect(reading.frames.count == expected, "\(path): \(reading.error?.message ?? "no error")")
            #expect(reading.error == nil, "\(path)")
            #expect(reading.damage.damagedRecords == 0, "\(path)")
            for frame in reading.frames where frame.wireLength < frame.bytes.count {
                Issue.record("\(path): fewer bytes on the wire than captured")
            }
            count += 1
        }
        #expect(count > 100)
    }

    /// Captures that were cut, or whose second half is rubbish: what is before that is read as ever.
    @Test(arguments: [true, false])
    func `of the corpus that are damaged keep what is before the damage`(isCut: Bool) throws {
        guard let folder = Corpus.folder else { return }
        var generator = SeededGenerator(default: 44)
        var (kept, lost, counted) = (0, 0, 0)
        for columns in try Corpus.table(folder + "/ORACLE.tsv") where columns[1] == "capinfos_packets" {
            let path = "\(folder)/\(columns[0])"
            let whole = CaptureReading(path: path)
            var content = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            guard content.count < 1_000_000, !content.isEmpty else { continue }
            let damage = Int.random(in: 0..<content.count, using: &generator)
            if isCut {
                content.removeSubrange(damage...)
            } else {
                for index in damage..<content.count { content[index] = 0xFF }
            }
            let reading = try CaptureReading(content)
            // The frame that was hit may be read, its bytes as they are now. Frames come in the order
            // of their times, so that those that are lost need not be the last.
            let sound = reading.frames.filter { whole.frames.contains($0) }
            #expect(sound == whole.frames.filter { sound.contains($0) }, "\(path) at \(damage)")
            #expect(reading.frames.count <= sound.count + 1, "\(path) at \(damage)")
            if let before = Self.recordCount(of: content, before: damage) {
                #expect(sound.count >= before, "\(path) at \(damage): \(sound.count) of \(before)")
            }
            // A cut is how captures end; all else has a line and is counted.
            if isCut {
                #expect(reading.damage.damagedRecords == 0, "\(path) at \(damage)")
            } else if reading.error?.code == .damaged {
                #expect(reading.damage.damagedRecords > 0, "\(path) at \(damage)")
                counted += 1
            }
            kept += sound.count
            lost += whole.frames.count - sound.count
        }
        #expect(kept > 1_000 && lost > 1_000)
        #expect(isCut || counted > 50)
    }

    /// Records of a classic capture that end before an offset; `nil` for other formats.
    private static func recordCount(of content: [UInt8], before end: Int) -> Int? {
        guard content.count >= 24 else { return nil }
        let isBig: Bool
        switch Array(content[0..<4]) {
        case [0xA1, 0xB2, 0xC3, 0xD4], [0xA1, 0xB2, 0x3C, 0x4D]: isBig = true
        case [0xD4, 0xC3, 0xB2, 0xA1], [0x4D, 0x3C, 0xB2, 0xA1]: isBig = false
        default: return nil
        }
        var (offset, count) = (24, 0)
        while offset + 16 <= end {
            let bytes = content[offset + 8..<offset + 12]
            let length = (isBig ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
            guard offset + 16 + length <= end else { break }
            offset += 16 + length
            count += 1
        }
        return count
    }

    @Test func `of the corpus decode to nothing impossible`() throws {
        guard let folder = Corpus.folder else { return }
        var metered = 0
        for columns in try Corpus.table(folder + "/INDEX.tsv") {
            let path = columns[0]
            for frame in CaptureReading(path: "\(folder)/\(path)").frames {
                guard let headers = try? decoded(frame.bytes, linkType: frame.linkType) else { continue }
                metered += 1
                #expect(headers.payloadOffset + headers.capturedPayloadLength <= frame.bytes.count, "\(path)")
            }
        }
        #expect(metered > 5_000)
    }

    @Test func `of the cluster decode without exception`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Checkout.example).filter {
            $0.hasSuffix(".pcap")
        }
        #expect(!names.isEmpty)
        for name in names {
            let reading = CaptureReading(path: "\(Checkout.example)/\(name)")
            #expect(reading.error == nil)
            var metered = 0
            var causes: [String: Int] = [:]
            for frame in reading.frames {
                do throws(DecodeError) {
                    let headers = try decoded(frame.bytes, linkType: frame.linkType)
                    metered += 1
                    #expect(headers.datagramLength <= frame.wireLength)
                } catch {
                    if error != .notMetered { causes["\(error)", default: 0] += 1 }
                }
            }
            #expect(causes.isEmpty, "\(name)")
            #expect(metered > reading.frames.count / 2, "\(name)")
        }
    }
}
