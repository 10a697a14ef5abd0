// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Sampled transactions of edges as JSON, described in `docs/formats/http-api.md`.
package enum TransactionsJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// One page of a list.
    ///
    /// - Parameters:
    ///   - list: Everything that was found.
    ///   - edge: The id of the edge they are of; `nil` for those of a view.
    ///   - offset: How many come before the page.
    ///   - limit: How many the page holds at most.
    /// - Returns: The document.
    package static func encode(_ list: SampleList, edge: String?, offset: Int, limit: Int) -> String {
        let page = list.samples.dropFirst(max(0, offset)).prefix(max(0, limit))
        var members: [(key: String, value: JSONValue)] = [("version", .index(version))]
        if let edge { members.append(("edge", .string(edge))) }
        members += [
            ("from", .string(list.window.start.description)),
            ("to", .string(list.window.end.description)),
        ]
        if let from = list.searchedFrom { members.append(("searchedFrom", .string(from.description))) }
        members += [
            ("total", .index(list.samples.count)),
            ("offset", .index(offset)),
        ]
        if !page.isEmpty, page.endIndex < list.samples.endIndex {
            members.append(("next", .index(page.endIndex)))
        }
        members.append(("transactions", .array(page.map { .line(sample($0)) })))
        return JSONWriter.write(.object(members))
    }

    private static func sample(_ entry: EdgeSample) -> JSONValue {
        let sample = entry.sample
        var members: [(key: String, value: JSONValue)] = [
            ("edge", .string(entry.edge)),
            ("at", .string(sample.at.description)),
            ("protocol", .string(sample.applicationProtocol.rawValue)),
            ("operation", .string(sample.operation)),
            ("outcome", .string(sample.outcome.name)),
        ]
        if let status = sample.status { members.append(("status", .string(status))) }
        members.append(("requestEnd", .seconds(nanoseconds: sample.requestEnd)))
        if let start = sample.responseStart {
            members.append(("responseStart", .seconds(nanoseconds: start)))
        }
        if let end = sample.responseEnd { members.append(("responseEnd", .seconds(nanoseconds: end))) }
        members.append(("ended", .seconds(nanoseconds: sample.ended)))
        if sample.isIncomplete { members.append(("incomplete", .bool(true))) }
        if sample.isStreaming { members.append(("streaming", .bool(true))) }
        if let bytes = sample.requestBytes { members.append(("requestBytes", .count(bytes))) }
        if let bytes = sample.responseBytes { members.append(("responseBytes", .count(bytes))) }
        if let name = sample.serverName { members.append(("serverName", .string(name))) }
        for (key, side) in [("requestHeaders", HeaderField.Side.request), ("responseHeaders", .response)] {
            let fields = sample.fields.filter { $0.side == side }
            if !fields.isEmpty { members.append((key, .array(fields.map(field)))) }
        }
        return .object(members)
    }

    private static func field(_ field: HeaderField) -> JSONValue {
        .object([("name", .string(field.name)), ("value", .string(field.value))])
    }
}
