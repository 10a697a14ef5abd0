// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The operations that requests had lately, so that a repeated one costs no new string.
struct HTTP2Operations {
    struct Entry {
        var operation = ""
        /// What it is if it is a call of gRPC.
        var method = ""
        /// It waits by design as a request, and as a call.
        var isStreaming = false
        var isStreamingCall = false
    }

    private var recent = RecentValues(capacity: 1_024, longestKey: 256, nothing: Entry())
    /// Room for a key, used again.
    private var key: [UInt8] = []

    /// The operation of a request.
    ///
    /// - Parameters:
    ///   - method: Its method; none where it is not known.
    ///   - path: Its path; none where it is not known, or there is none.
    /// - Returns: What it comes to.
    mutating func entry(method: RawSpan, path: RawSpan) -> Entry {
        var key: [UInt8] = []
        swap(&key, &self.key)
        defer { swap(&key, &self.key) }
        key.removeAll(keepingCapacity: true)
        key.append(copying: method)
        key.append(0x20)
        key.append(copying: path)
        if let known = recent.find(key.octetSpan) { return recent[known] }
        let slot = recent.insert(Self.made(method, path), for: key.octetSpan)
        return recent[slot]
    }

    private static func made(_ method: RawSpan, _ path: RawSpan) -> Entry {
        var entry = Entry()
        if method.isEmpty {
            entry.operation = "{unknown}"
        } else if path.isEmpty, !method.equals("CONNECT") {
            entry.operation = OperationTemplate.isWellKnown(method: method) ? method.text : "{method}"
            entry.operation += " {unknown}"
        } else {
            entry.operation = OperationTemplate.operation(method: method, target: path)
        }
        entry.isStreaming = OperationTemplate.isStreaming(target: path)
        entry.method = GRPCMethod.operation(path)
        entry.isStreamingCall = GRPCMethod.isStreaming(path)
        return entry
    }
}
