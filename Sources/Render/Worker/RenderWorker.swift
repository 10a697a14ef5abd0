// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CGraphviz
import SystemPackage

/// The child process that runs Graphviz: reads layout requests on standard input, writes
/// positions on standard output, under limits it sets for itself first.
///
/// Graphviz is large, old C. It never sees a string from the network, and what it may do wrong
/// ends with this process.
package enum RenderWorker {
    /// The hidden argument with which the executable starts as a worker.
    package static let argument = "render-worker"

    /// Runs until the end of input and returns the exit code, a `WorkerExit`.
    package static func main() -> Int32 {
        let limits = WorkerLimits()
        let arguments = CommandLine.arguments
        let memory = WorkerLimits.value("memory-bytes", in: arguments) ?? limits.memoryBytes
        let cpu = WorkerLimits.value("cpu-seconds", in: arguments) ?? limits.cpuSeconds
        guard svcmap_confine(memory, cpu) == 0 else { return WorkerExit.notConfined.rawValue }
        if let conversion = PictureConversion(arguments: arguments) {
            // Sound: both strings end with a zero byte for the time of the call.
            unsafe svcmap_become_converter(conversion.format.rawValue, Decimal1.text(conversion.zoom))
            return WorkerExit.noConverter.rawValue
        }
        return answer().rawValue
    }

    private static func answer() -> WorkerExit {
        guard let input = try? readAll() else { return .brokenPipe }  // the parent sees why it broke
        guard let requests = parse(input) else { return .badRequest }
        guard let context = unsafe svcmap_context() else { return .layoutFailed }
        for (engine, graph) in requests {
            var result: UnsafeMutablePointer<CChar>?
            var length: UInt32 = 0
            // Sound: both strings end with a zero byte for the time of the call, and on success
            // Graphviz hands over `length` bytes at `result`, which live until they are freed.
            let code = unsafe svcmap_layout(context, graph, engine.rawValue, &result, &length)
            guard code == 0, let result = unsafe result else {
                return code == 1 ? .badRequest : .layoutFailed
            }
            defer { unsafe gvFreeRenderData(result) }
            let bytes = unsafe UnsafeRawBufferPointer(start: result, count: Int(length))
            do {
                try unsafe FileDescriptor.standardOutput.writeAll(bytes)
                try FileDescriptor.standardOutput.writeAll([LayoutRequest.separator])
            } catch {
                return .brokenPipe
            }
        }
        return .done
    }

    /// Everything on standard input, at most one byte more than a request may have.
    private static func readAll() throws -> [UInt8] {
        var input: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while input.count <= WorkerLimits.maximumRequestBytes {
            let count = try unsafe chunk.withUnsafeMutableBytes { buffer in
                try unsafe FileDescriptor.standardInput.read(into: buffer)
            }
            guard count > 0 else { break }
            input += chunk[..<count]
        }
        return input
    }

    /// Splits the input into requests; `nil` for anything our own side would not send.
    private static func parse(_ input: [UInt8]) -> [(engine: LayoutRequest.Engine, graph: String)]? {
        guard input.count <= WorkerLimits.maximumRequestBytes,
            input.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == UInt8(ascii: "\n") })
        else { return nil }
        var requests: [(engine: LayoutRequest.Engine, graph: String)] = []
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = String(decoding: line, as: UTF8.self)
            if line.hasPrefix(LayoutRequest.magic) {
                let name = String(line.dropFirst(LayoutRequest.magic.count))
                guard let engine = LayoutRequest.Engine(rawValue: name) else { return nil }
                requests.append((engine, ""))
            } else {
                guard !requests.isEmpty else { return nil }
                requests[requests.count - 1].graph += line + "\n"
            }
        }
        return requests.isEmpty ? nil : requests
    }
}
