// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Makes an operation of low cardinality of a request line: `GET /cart/{id}`.
///
/// - The query is dropped; an absolute-form target keeps its path only, and the authority of
///   CONNECT is a placeholder.
/// - Numbers, UUIDs, hashes, tokens and addresses become placeholders; placeholders cannot
///   be forged, because braces in a path are escaped.
/// - Bytes that are no visible ASCII are percent-encoded; what is encoded stays so.
/// - Paths whose *shape* tells what happened keep it: cloud metadata credentials and the
///   objects of a Kubernetes API.
package enum OperationTemplate {
    /// Path segments kept; what follows becomes `{rest}`.
    package static let segmentLimit = 16
    /// Bytes of a path kept.
    package static let lengthLimit = 200

    /// IANA's method registry, WebDAV's and caches' common extensions.
    ///
    /// Others would let a scanner invent operations.
    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "QUERY",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH",
        "CHECKOUT", "CHECKIN", "MERGE", "MKACTIVITY", "MKCALENDAR", "BIND", "UNBIND", "REBIND", "ACL",
        "LINK", "UNLINK", "LIST", "PURGE", "BAN", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "M-SEARCH",
        "SOURCE", "LABEL", "UPDATE", "VERSION-CONTROL", "ORDERPATCH", "BASELINE-CONTROL",
    ]

    /// Whether a method is registered or in common use.
    static func isWellKnown(method: RawSpan) -> Bool {
        methods.contains(method.text)
    }

    /// The operation of a request line.
    package static func operation(method: RawSpan, target: RawSpan) -> String {
        let name = method.text
        if name == "CONNECT" { return "CONNECT {authority}" }
        let verb = methods.contains(name) ? name : "{method}"
        return "\(verb) \(path(of: target))"
    }

    /// The operation of a request line given as text.
    package static func operation(method: String, target: String) -> String {
        let methodBytes = Array(method.utf8)
        let targetBytes = Array(target.utf8)
        return operation(method: methodBytes.octetSpan, target: targetBytes.octetSpan)
    }

    /// Whether a target asks a Kubernetes API for a watch or a log to follow: operations that
    /// wait by design.
    package static func isStreaming(target: RawSpan) -> Bool {
        guard target.hasPrefix("/api/") || target.hasPrefix("/apis/") else { return false }
        var index = 0
        while index < target.byteCount, target.octet(at: index) != 0x3F { index += 1 }
        while index < target.byteCount {
            index += 1
            for wish: StaticString in ["watch=true", "watch=1", "follow=true", "follow=1"]
            where target.matches(wish, at: index, lowercasing: false) {
                let end = index + wish.utf8CodeUnitCount
                if end == target.byteCount || target.octet(at: end) == 0x26 { return true }
            }
            while index < target.byteCount, target.octet(at: index) != 0x26 { index += 1 }
        }
        return false
    }

    private static func path(of target: RawSpan) -> String {
        if target.equals("*") { return "*" }
        var start = 0
        if target.octet(at: 0) != 0x2F {
            // Absolute form: scheme "://" authority path.
            while start < target.byteCount, !target.matches("://", at: start, lowercasing: false) {
                start += 1
            }
            guard start < target.byteCount else { return "{target}" }
            start += 3
            while start < target.byteCount, ![0x2F, 0x3F, 0x23].contains(target.octet(at: start)) {
                start += 1
            }
        }
        var end = start
        while end < target.byteCount, ![0x3F, 0x23].contains(target.octet(at: end)) { end += 1 }
        guard end > start else { return "/" }
        var segments = target.clamped(start, end).octets.split(
            separator: 0x2F,
            omittingEmptySubsequences: false
        )
        segments.removeFirst()
        return joined(segments)
    }

    private static func joined(_ segments: [ArraySlice<UInt8>]) -> String {
        let kubernetes = KubernetesPath.placeholders(segments)
        var path = ""
        path.reserveCapacity(48)
        for (index, segment) in segments.enumerated() {
            guard index < segmentLimit, path.utf8.count < lengthLimit else { return path + "/{rest}" }
            path += "/"
            if let placeholder = kubernetes[index] {
                path += placeholder
            } else if index > 0, segments[index - 1].elementsEqual("security-credentials".utf8),
                !segment.isEmpty
            {
                path += "{role}"
            } else {
                path += SegmentTemplate.template(segment)
            }
        }
        return path
    }
}
