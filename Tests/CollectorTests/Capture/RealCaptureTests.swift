// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Real captures` {
    /// The checkout, four levels above this file.
    static let checkout = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }

    static let corpus =
        ProcessInfo.processInfo.environment["SVCMAP_CORPUS"].map { URL(fileURLWithPath: $0) }
        ?? checkout.appendingPathComponent("../shared/corpus").standardizedFileURL

    /// The recordings of our own cluster, wherever they are kept.
    static let cluster = [
        checkout.appendingPathComponent("Examples/cluster"),
        checkout.appendingPathComponent("../shared/cluster").standardizedFileURL,
    ].first { FileManager.default.fileExists(atPath: $0.path) }

    /// Where our reader and capinfos disagree on purpose: path and reason.
    ///
    /// There is none so far.
    static let explained: [String: String] = [:]

    @Test func `of the corpus have as many packets as capinfos finds`() throws {
        let oracle = Self.corpus.appendingPathComponent("ORACLE.tsv")
        guard let table = try? String(contentsOf: oracle, encoding: .utf8) else {
            print("skipped: no corpus at \(Self.corpus.path); set SVCMAP_CORPUS")
            return
        }
        var count = 0
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count >= 3, columns[1] == "capinfos_packets", let expected = Int(columns[2]) else {
                continue
            }
            let path = String(columns[0])
            guard Self.explained[path] == nil else { continue }
            let reading = CaptureReading(path: Self.corpus.appendingPathComponent(path).path)
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
        let index = Self.corpus.appendingPathComponent("INDEX.tsv")
        guard let table = try? String(contentsOf: index, encoding: .utf8) else {
            print("skipped: no corpus at \(Self.corpus.path); set SVCMAP_CORPUS")
            return
        }
        var metered = 0
        for line in table.split(separator: "\n").dropFirst() {
            let path = line.prefix { $0 != "\t" }
            for frame in CaptureReading(path: Self.corpus.appendingPathComponent(String(path)).path).frames {
                guard let headers = try? decoded(frame.bytes, linkType: frame.linkType) else { continue }
                metered += 1
                #expect(headers.payloadOffset + headers.capturedPayloadLength <= frame.bytes.count, "\(path)")
            }
        }
        #expect(metered > 5_000)
    }

    @Test func `of the cluster decode without exception`() throws {
        guard let cluster = Self.cluster else {
            print("skipped: no cluster recordings beside or in \(Self.checkout.path)")
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: cluster.path).filter {
            $0.hasSuffix(".pcap")
        }
        #expect(!names.isEmpty)
        for name in names {
            let reading = CaptureReading(path: cluster.appendingPathComponent(name).path)
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
