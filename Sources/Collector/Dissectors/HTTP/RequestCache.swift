// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What request lines and Host fields seen lately say.
struct RequestCache {
    /// What a request line says.
    struct Line {
        var operation = ""
        var isHEAD = false
        var isCONNECT = false
        /// Its target asks a Kubernetes API to watch or to follow a log.
        var isStreaming = false
        /// Its method is registered or in common use.
        var isMethodKnown = false
        /// What it is if it is a call of gRPC-Web; empty where it can be none.
        var call = ""
    }

    private var lines = RecentValues(capacity: 2_048, longestKey: 256, nothing: Line())
    private var hosts = RecentValues(capacity: 512, longestKey: 256, nothing: String?.none)

    /// The request line in a slot that was just asked for.
    func line(_ slot: Int32) -> Line { lines[slot] }

    /// The name in a slot that was just asked for; `nil` where the field names no host.
    func host(_ slot: Int32) -> String? { slot < 0 ? nil : hosts[slot] }

    /// The slot of a request line.
    ///
    /// - Parameters:
    ///   - line: Begins with the method; its version does not matter.
    ///   - method: Where in it the method is.
    ///   - target: Where in it the target is.
    /// - Returns: The slot; `nil` where the line has bytes that none may have.
    mutating func slot(line: RawSpan, method: Range<Int>, target: Range<Int>) -> Int32? {
        let key = line.clamped(0, target.upperBound)
        if let known = lines.find(key) { return known }
        guard method.upperBound < HTTPLimits.methodLength, HTTPStartLine.isPlausible(line.clamped(target))
        else { return nil }
        let (methodBytes, targetBytes) = (line.clamped(method), line.clamped(target))
        let made = Line(
            operation: OperationTemplate.operation(method: methodBytes, target: targetBytes),
            isHEAD: methodBytes.equals("HEAD"),
            isCONNECT: methodBytes.equals("CONNECT"),
            isStreaming: OperationTemplate.isStreaming(target: targetBytes),
            isMethodKnown: OperationTemplate.isWellKnown(method: methodBytes),
            call: methodBytes.equals("POST") && GRPCMethod.isName(targetBytes) ? targetBytes.text : ""
        )
        return lines.insert(made, for: key)
    }

    /// The slot of the value of a Host field.
    mutating func slot(host value: RawSpan) -> Int32 {
        hosts.find(value) ?? hosts.insert(HTTPHost.name(value), for: value)
    }
}
