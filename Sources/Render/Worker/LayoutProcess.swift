// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CGraphviz
import Subprocess
import SystemPackage

/// Runs layouts in a child process and ends the child when it overruns.
package struct LayoutProcess: Sendable {
    private let workerPath: String
    private let limits: WorkerLimits

    /// Prepares to start children; starts none.
    package init(workerPath: String, limits: WorkerLimits = WorkerLimits()) {
        self.workerPath = workerPath
        self.limits = limits
    }

    /// The positions Graphviz found, within the limits' deadline.
    package func layout(_ request: LayoutRequest) async throws -> Layout {
        let layouts = try await layouts([request], within: limits.deadline)
        return layouts[0]
    }

    /// The positions Graphviz found for each of several graphs, all in one process and within the
    /// given time.
    func layouts(_ requests: [LayoutRequest], within deadline: Duration) async throws -> [Layout] {
        guard !requests.isEmpty else { return [] }
        let answer = try await run(Array(requests.map(\.text).joined().utf8), within: deadline)
        let answers = answer.split(separator: LayoutRequest.separator)
        guard answers.count == requests.count else {
            throw RenderError.workerFailed("it answered \(answers.count) of \(requests.count) requests")
        }
        return try zip(requests, answers).map { request, answer in
            try Layout(
                json: Array(answer),
                nodes: request.nodes.count,
                clusters: request.clusters.count,
                edges: request.edges.count
            )
        }
    }

    /// What the worker answers to these bytes, whatever they are.
    ///
    /// - Parameters:
    ///   - request: What it reads.
    ///   - arguments: What it is told beside its limits.
    ///   - deadline: When it is killed.
    /// - Returns: What it writes.
    /// - Throws: `RenderError` where it overran or failed.
    package func run(
        _ request: [UInt8],
        arguments: [String] = [],
        within deadline: Duration
    ) async throws -> [UInt8] {
        // The child is killed by cancelling its task; whichever task ends first decides.
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await self.run(request, arguments) }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw RenderError.timedOut(after: deadline)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw RenderError.workerFailed("no answer") }
            return answer
        }
    }

    private func run(_ request: [UInt8], _ arguments: [String]) async throws -> [UInt8] {
        let input = try memoryFile(holding: request)
        defer { try? input.close() }  // nothing was written that a failing close could lose
        do {
            let result = try await Subprocess.run(
                .path(FilePath(workerPath)),
                arguments: Arguments([RenderWorker.argument] + limits.arguments + arguments),
                environment: .custom([Environment.Key: String]()),
                input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                output: .bytes(limit: limits.maximumOutputBytes),
                error: .discarded
            )
            if case .exited(WorkerExit.noConverter.rawValue) = result.terminationStatus {
                throw RenderError.noConverter
            }
            guard case .exited(WorkerExit.done.rawValue) = result.terminationStatus else {
                throw RenderError.workerFailed(Self.reason(result.terminationStatus))
            }
            return result.standardOutput
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw RenderError.outputTooLarge(limit: limits.maximumOutputBytes)
        } catch let error as SubprocessError {
            throw RenderError.workerFailed("\(workerPath): \(error)")
        }
    }

    /// The request travels in a file without a name: a pipe whose reader dies would raise
    /// SIGPIPE in this process.
    private func memoryFile(holding bytes: [UInt8]) throws -> FileDescriptor {
        let number = svcmap_memory_file()
        guard number >= 0 else { throw RenderError.workerFailed("no memory for the request") }
        let file = FileDescriptor(rawValue: number)
        do {
            try file.writeAll(bytes)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()  // the first error is the one to tell
            throw RenderError.workerFailed("no memory for the request")
        }
        return file
    }

    private static func reason(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code):
            switch WorkerExit(rawValue: code) {
            case .badRequest: "it refused the request"
            case .layoutFailed: "Graphviz gave up"
            case .notConfined: "it could not limit itself"
            case .brokenPipe: "its pipes broke"
            case .noConverter: "librsvg's converter is missing"
            case .done, nil: "exit code \(code)"
            }
        case .signaled(let signal): "signal \(signal)"
        }
    }
}
