// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Knows which segments of a Kubernetes API path are names.
///
/// ```text
/// /api/v1/namespaces/{namespace}/secrets/{name}
/// /apis/apps/v1/namespaces/{namespace}/deployments/{name}/status
/// /api/v1/nodes/{name}/proxy/…
/// ```
///
/// Other programs serve `/api/v1/…` too, so without `namespaces` only the kinds that have
/// no namespace are recognized there.
enum KubernetesPath {
    private static let clusterKinds: Set<String> = ["nodes", "persistentvolumes", "componentstatuses"]

    /// Placeholders by index of the segment.
    static func placeholders(_ segments: [ArraySlice<UInt8>]) -> [Int: String] {
        // Both "api" and "apis" begin so; most paths do not, and cost nothing.
        guard let first = segments.first, first.starts(with: "api".utf8) else { return [:] }
        var index = 0
        func text(_ index: Int) -> String? {
            guard index < segments.count, segments[index].count <= 64 else { return nil }
            return String(decoding: segments[index], as: UTF8.self)
        }
        let isCore = text(0) == "api" && text(1) == "v1"
        let isGroup = text(0) == "apis" && segments.count > 3 && isVersion(text(2))
        guard isCore || isGroup else { return [:] }
        index = isCore ? 2 : 3
        if text(index) == "watch" { index += 1 }
        var found: [Int: String] = [:]
        if text(index) == "namespaces", isName(text(index + 1)) {
            if segments.count == index + 2 { return [index + 1: "{name}"] }
            found[index + 1] = "{namespace}"
            index += 2
            // A subresource of the namespace itself, not a kind inside it.
            if ["finalize", "status"].contains(text(index) ?? "") { return [index - 1: "{name}"] }
        } else if isCore, !clusterKinds.contains(text(index) ?? "") {
            return [:]
        }
        if isName(text(index + 1)) { found[index + 1] = "{name}" }
        return found
    }

    private static func isName(_ text: String?) -> Bool {
        guard let text else { return true }
        return !text.isEmpty
    }

    /// `v1`, `v2beta1`.
    private static func isVersion(_ text: String?) -> Bool {
        guard let text, text.utf8.count >= 2, text.utf8.first == 0x76 else { return false }
        return text.utf8.dropFirst().first.map { $0 &- 0x30 < 10 } ?? false
    }
}
