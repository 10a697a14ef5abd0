// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import Foundation
import TestKit
import Testing

@Suite struct `Files that are no captures` {
    @Test func `and missing ones are told apart`() {
        let missing = CaptureReading(path: "/nonexistent/capture.pcap").error
        #expect(missing?.code == .notFound)
        #expect(missing?.message == "/nonexistent/capture.pcap: no such file; check the path")
        let directory = CaptureReading(path: NSTemporaryDirectory()).error
        #expect(directory?.code == .notReadable)
        #expect(directory?.message.contains("is a directory") == true)
    }

    @Test func `and unreadable ones are told apart`() throws {
        let path = NSTemporaryDirectory() + "svcmap-\(UUID().uuidString).capture"
        try Data(CaptureWriter.pcapHeader()).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        let error = CaptureReading(path: path).error
        // The superuser may read anything.
        if geteuid() == 0 {
            #expect(error == nil)
        } else {
            #expect(error?.code == .notReadable)
            #expect(error?.message.contains("permission denied") == true)
        }
    }

    @Test func `and empty ones are told apart`() throws {
        for reading in [try CaptureReading([]), try CaptureReading(stream: [])] {
            #expect(reading.error?.code == .notACapture)
            #expect(reading.error?.message.contains("is empty") == true)
        }
        #expect(CaptureReading(path: "/dev/null").error?.message.contains("is empty") == true)
    }

    @Test(
        arguments: [
            (Array("{\"kind\": \"List\", \"items\": []}".utf8), "JSON"),
            (Array("\n  [1, 2]".utf8), "JSON"),
            (Array("<!DOCTYPE html><html>".utf8), "XML or HTML"),
            (Array("12:00:01.000 IP 10.0.0.1 > 10.0.0.2: Flags [S]\n".utf8), "text"),
            (Array("a".utf8), "text"),
            ([0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0], "zstd"),
            (Array("PK\u{3}\u{4}aaaaaa".utf8), "zip"),
            (Array("snoop\0\0\0\0\0\0\u{2}".utf8), "snoop"),
            ([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], "a program"),
            ([0, 1, 2, 3, 4, 5, 6, 7], "none of the formats"),
        ] as [([UInt8], String)]
    )
    func `are called what they look like`(content: [UInt8], kind: String) throws {
        for reading in [
            try CaptureReading(content), try CaptureReading(stream: content),
            try CaptureReading(GzipWriter.member(content)),
        ] {
            #expect(reading.error?.code == .notACapture)
            #expect(reading.error?.message.contains("looks like") == true)
            #expect(reading.error?.message.contains(kind) == true)
            #expect(reading.error?.message.contains("\n") == false)
            #expect(reading.frames.isEmpty)
        }
    }

    @Test func `a missing interface comes with those there are`() {
        let error = #expect(throws: CaptureError.self) { _ = try LivePacketSource(interface: "no-such-if0") }
        #expect(error?.code == .noSuchInterface)
        #expect(error?.message.contains("no interface is called no-such-if0; there are: any, ") == true)
        #expect(error?.message.contains("lo") == true)
    }
}
