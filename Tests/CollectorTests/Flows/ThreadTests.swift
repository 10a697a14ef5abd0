// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Two threads find exactly what one finds, whatever the capture begins with.
@Suite struct `Threads` {
    /// The reports of a capture without its first frames.
    private static func reports(
        _ path: String,
        threads: Int,
        skipping skipped: Int = 0,
        maximumFlows: Int? = nil
    ) throws -> [WindowReport] {
        var configuration = MeteringEngine.Configuration()
        configuration.threads = threads
        if let maximumFlows { configuration.maximumFlows = maximumFlows }
        var reports: [WindowReport] = []
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: "test", name: "test")
        ) { reports.append($0) }
        var source = try SavefilePacketSource(path: path)
        if (try? source.prepare()) == true, let streams = engine.streamThread {
            source.readAhead(for: streams)
        }
        var number = 0
        // A damaged capture is one up to its damage.
        while let progress = try? source.read({ frame in
            number += 1
            if number > skipped { engine.account(frame) }
        }), progress != .ended {}
        engine.finish()
        return reports
    }

    private static func expectSame(
        _ path: String,
        skipping skipped: Int = 0,
        maximumFlows: Int? = nil
    ) throws {
        let one = try reports(path, threads: 1, skipping: skipped, maximumFlows: maximumFlows)
        let two = try reports(path, threads: 2, skipping: skipped, maximumFlows: maximumFlows)
        #expect(one == two, "\(path) without its first \(skipped) frames")
    }

    @Test func `make no difference to public captures`() throws {
        guard let folder = Corpus.folder else { return }
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        var count = 0
        for file in files {
            guard let source = try? SavefilePacketSource(path: folder + "/" + file), source.length != nil
            else { continue }
            try Self.expectSame(folder + "/" + file)
            count += 1
        }
        #expect(count > 0)
    }

    /// A capture that begins in the middle has connections whose clients only a dissector can tell,
    /// each seen at several interfaces.
    @Test(arguments: ["demo.pcap", "change.pcap", "demo-cni0.pcap"])
    func `make no difference to a cluster, wherever its capture begins`(name: String) throws {
        guard let path = Checkout.recording(name) else { return }
        for skipped in stride(from: 0, to: 9_000, by: 997) { try Self.expectSame(path, skipping: skipped) }
    }

    @Test(arguments: [64, 256])
    func `make no difference where flows are pushed out`(maximumFlows: Int) throws {
        guard let path = Checkout.recording("demo.pcap") else { return }
        try Self.expectSame(path, maximumFlows: maximumFlows)
    }

    @Test func `of an engine that is let go without an end do not outlive it`() throws {
        guard let path = Checkout.recording("demo.pcap") else { return }
        var configuration = MeteringEngine.Configuration()
        configuration.threads = 2
        for _ in 0..<20 {
            let engine = MeteringEngine(
                configuration: configuration,
                reporter: Reporter(id: "test", name: "test")
            ) { _ in }
            var source = try SavefilePacketSource(path: path)
            #expect(try source.read { engine.account($0) } == .delivered)
        }
    }
}

/// Values go from one thread to another in order, and none is lost or done with too early.
@Suite struct `A ring between threads` {
    @Test(arguments: [128, 1_024])
    func `hands over every value in order`(capacity: Int) {
        let (there, back) = (HandOffRing<Int>(capacity: capacity), HandOffRing<Int>(capacity: capacity))
        let count = 200_000
        let thread = Thread {
            var consumer = HandOffRing<Int>.Consumer(there)
            var producer = HandOffRing<Int>.Producer(back)
            for _ in 0..<count {
                producer.push(consumer.next())
                producer.tell(isUrgent: false)
            }
            consumer.tell()
            producer.tell(isUrgent: true)
        }
        thread.start()
        var producer = HandOffRing<Int>.Producer(there)
        var consumer = HandOffRing<Int>.Consumer(back)
        var next = 0
        var wrong = 0
        for value in 0..<count {
            producer.push(value)
            // What comes back has to be taken, or both would wait.
            while let found = consumer.nextIfThere() {
                if found != next { wrong += 1 }
                next += 1
            }
            if value % 5_003 == 0 {
                // Less than a ring of them is on its way back.
                if value - next < capacity / 2 { producer.wait(for: producer.pushed) }
            }
        }
        producer.tell(isUrgent: true)
        while next < count {
            if consumer.next() != next { wrong += 1 }
            next += 1
        }
        #expect(wrong == 0)
    }

    @Test func `lets the producer wait until values are done with`() {
        let ring = HandOffRing<Int>(capacity: 128)
        let sum = Sum()
        let thread = Thread {
            var consumer = HandOffRing<Int>.Consumer(ring)
            var value = consumer.next()
            while value >= 0 {
                sum.add(value)
                value = consumer.next()
            }
            consumer.tell()
        }
        thread.start()
        var producer = HandOffRing<Int>.Producer(ring)
        var expected = 0
        for value in 1...5_000 {
            producer.push(value)
            expected += value
            if value % 7 == 0 {
                producer.wait(for: producer.pushed)
                #expect(sum.value == expected)
            }
        }
        producer.push(-1)
        producer.wait(for: producer.pushed)
        #expect(sum.value == expected)
    }

    /// Not atomic: the ring alone keeps the threads apart, which the thread sanitizer checks.
    private final class Sum: Sendable {
        nonisolated(unsafe) private var sum = 0

        var value: Int { unsafe sum }

        func add(_ other: Int) { unsafe sum += other }
    }
}
