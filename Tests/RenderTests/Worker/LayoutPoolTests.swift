// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Render
import Synchronization
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Pool of layout processes` {
    /// Minutes of work for one process.
    private let endless = LayoutRequest.knot(nodes: 900, edges: 3_500)
    private let small = LayoutRequest.knot(nodes: 9, edges: 14)
    /// A size that no other suite gives its processes.
    private let limits: WorkerLimits = {
        var limits = WorkerLimits()
        limits.memoryBytes += 4_096
        // Else a child on a busy machine ends by its own limit of processor time.
        limits.deadline = .seconds(600)
        return limits
    }()

    private func pool(of processes: Int) -> LayoutPool {
        let process = LayoutProcess(workerPath: BuiltProducts.svcmap, limits: limits)
        return LayoutPool(process: process, processes: processes)
    }

    /// How many processes of ours the system runs.
    private func running() throws -> Int {
        let mark = "--memory-bytes=\(limits.memoryBytes)"
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").count { name in
            guard Int(name) != nil,
                let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return false }
            return String(decoding: line, as: UTF8.self).contains(mark)
        }
    }

    @Test func `answers others while one is busy, and stops when nobody waits`() async throws {
        let pool = pool(of: 2)
        let isDone = Mutex(false)
        let work = Task {
            defer { isDone.withLock { $0 = true } }
            return try await pool.layouts([endless], within: .seconds(600))
        }
        while try running() == 0 { try await Task.sleep(for: .milliseconds(10)) }
        for _ in 0..<4 {
            let layouts = try await pool.layouts([small, small, small], within: .seconds(120))
            #expect(layouts.map(\.nodes.count) == [9, 9, 9])
        }
        #expect(!isDone.withLock { $0 })
        #expect(try running() == 1)
        work.cancel()
        await #expect(throws: (any Error).self) { _ = try await work.value }
        #expect(try running() == 0)
    }

    @Test func `kills what overruns and gives its place to the next`() async throws {
        let pool = pool(of: 1)
        let late = Task { try await pool.layouts([endless], within: .seconds(2)) }
        for _ in 0..<100 where try running() == 0 { try await Task.sleep(for: .milliseconds(10)) }
        // Waits for the only place there is.
        let next = Task { try await pool.layouts([small], within: .seconds(120)) }
        let error = await #expect(throws: RenderError.self) { _ = try await late.value }
        #expect(error?.code == .timedOut)
        #expect(try await next.value.map(\.nodes.count) == [9])
        #expect(try running() == 0)
    }

    @Test func `refuses more than may wait`() async throws {
        let pool = pool(of: 1)
        let tasks = (0...LayoutPool.maximumWaiting + 1).map { _ in
            Task { try await pool.layouts([endless], within: .seconds(600)) }
        }
        // One works, as many as may wait do, one is refused.
        let refused = await withTaskGroup(of: RenderError.Code?.self) { group in
            for task in tasks {
                group.addTask {
                    do {
                        _ = try await task.value
                        return nil
                    } catch { return (error as? RenderError)?.code }
                }
            }
            let first = await group.next()
            for task in tasks { task.cancel() }
            return first ?? nil
        }
        #expect(refused == .busy)
        #expect(try running() == 0)
    }
}
