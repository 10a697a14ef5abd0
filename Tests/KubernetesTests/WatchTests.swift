// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Kubernetes
import Testing

@Suite struct `Watch events` {
    static func event(_ type: String, _ object: String = `Object dump`.pod) -> String {
        "{\"type\": \"\(type)\", \"object\": \(object.replacing("\n", with: " "))}"
    }

    @Test func `are read as their objects`() throws {
        let bookmark = "{\"kind\": \"Pod\", \"metadata\": {\"resourceVersion\": \"5\"}}"
        let error = "{\"kind\": \"Status\", \"code\": 410}"
        let lines = [
            Self.event("ADDED"), Self.event("MODIFIED"), Self.event("BOOKMARK", bookmark),
            Self.event("ERROR", error),
            Self.event("NONSENSE"), "{\"type\": \"ADDED\"}",
        ]
        let dump = try `Object dump`.dump(lines.joined(separator: "\n"))
        #expect(`Object dump`.pods(dump).count == 2)
        #expect(dump.ignored == ["Bookmark": 1, "Status": 1])
        #expect(dump.rejected == 2)
    }

    @Test(arguments: [
        ("1795341729.804470\t", "2026-11-22T10:02:09.804470Z"), ("1795341729\t", "2026-11-22T10:02:09Z"),
        ("2026-11-22T10:02:09.5Z\t", "2026-11-22T10:02:09.5Z"),
        ("1795341729.1234567891\t", "2026-11-22T10:02:09.123456789Z"),
    ])
    func `take their receive time from a leading column`(column: String, time: String) throws {
        let dump = try `Object dump`.dump(column + Self.event("DELETED") + "\n")
        #expect(dump.observations.map(\.observedAt) == [Timestamp(rfc3339: time)])
        #expect(`Object dump`.pods(dump).map(\.endedAt) == [Timestamp(rfc3339: time)])
    }

    @Test func `of a deleted object keep the end it names`() throws {
        let deleted = `Object dump`.pod.replacing(
            "\"creationTimestamp\"",
            with: "\"deletionTimestamp\": \"2026-11-22T09:30:00Z\", \"creationTimestamp\""
        )
        let dump = try `Object dump`.dump("1795341729.8\t" + Self.event("DELETED", deleted))
        #expect(`Object dump`.pods(dump).map(\.endedAt) == [Timestamp(rfc3339: "2026-11-22T09:30:00Z")])
        let open = try `Object dump`.dump(Self.event("DELETED"))
        #expect(`Object dump`.pods(open).map(\.endedAt) == [nil])
    }

    @Test func `of endpoints that lost everything say so`() throws {
        let endpoints = """
            {"kind": "Endpoints", "apiVersion": "v1",
             "metadata": {"name": "web", "namespace": "shop", "uid": "e", "resourceVersion": "77"}}
            """
        let dump = try `Object dump`.dump(Self.event("MODIFIED", endpoints))
        guard case .endpoints(let fact) = dump.observations.first?.fact else {
            Issue.record("no endpoints")
            return
        }
        #expect(fact.addresses.isEmpty && fact.serviceName == "web" && fact.revision == 77)
    }

    @Test func `that end with an expired version keep what came before`() throws {
        let status = "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"reason\": \"Expired\", \"code\": 410}"
        let lines = [Self.event("ADDED"), Self.event("ERROR", status)]
        for text in [
            lines.joined(separator: "\n"), "1795341729.8\t" + lines.joined(separator: "\n1795341729.9\t"),
        ] {
            let dump = try `Object dump`.dump(text)
            #expect(dump.observations.count == 1 && dump.rejected == 0)
            #expect(dump.ignored == ["Status": 1])
        }
        let only = try `Object dump`.dump(Self.event("ERROR", status))
        #expect(only.observations.isEmpty && only.ignored == ["Status": 1])
    }

    @Test func `that were interrupted keep what came before`() throws {
        let whole = Self.event("ADDED")
        let text = whole + "\n" + whole.dropLast(20)
        let dump = try `Object dump`.dump(text)
        #expect(dump.observations.count == 1)
        #expect(dump.isTruncated)
        let line = try `Object dump`.dump(whole + "\nError from server\n" + whole)
        #expect(line.observations.count == 2)
        #expect(line.rejected == 1)
        #expect(!line.isTruncated)
    }
}
