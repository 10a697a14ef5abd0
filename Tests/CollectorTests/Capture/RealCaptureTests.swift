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
            #expect(reading.damage.damagedRecords == 0, "\(path)")
            for frame in reading.frames where frame.wireLength < frame.bytes.count {
                Issue.record("\(path): fewer bytes on the wire than captured")
            }
            count += 1
        }
        #expect(count > 100)
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
