// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The method that a call of gRPC names by its path: `/package.Service/Method`.
enum GRPCMethod {
    private static let longest = 200

    /// The operation of a call; names are kept as they are, for they are few by nature.
    static func operation(_ path: RawSpan) -> String {
        if path.isEmpty { return "{unknown}" }
        if isName(path) { return path.text }
        let operation = OperationTemplate.operation(method: "POST", target: path.text)
        return String(operation.dropFirst("POST ".utf8.count))
    }

    /// Whether it is a method that is known to wait: watches, discovery and leases of common
    /// servers.
    static func isStreaming(_ path: RawSpan) -> Bool {
        path.hasSuffix("/Watch") || path.hasSuffix("/ServerReflectionInfo")
            || path.hasSuffix("/LeaseKeepAlive")
            || path.hasSuffix("/StreamAggregatedResources") || path.hasSuffix("/DeltaAggregatedResources")
    }

    /// Whether it is a service and a method, of letters, digits, `_`, `.` and `-`.
    static func isName(_ path: RawSpan) -> Bool {
        guard path.byteCount <= longest, path.octet(at: 0) == 0x2F else { return false }
        var slash = 0
        for offset in 1..<max(1, path.byteCount) {
            switch path.octet(at: offset) {
            case 0x2F:
                guard slash == 0, offset > 1 else { return false }
                slash = offset
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2D: break
            default: return false
            }
        }
        return slash > 0 && slash < path.byteCount - 1
    }
}
