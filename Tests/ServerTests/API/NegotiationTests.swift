// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Server
import Testing

@Suite struct `Content negotiation` {
    @Test(
        arguments: [
            (nil, .json), ("", .json), ("*/*", .json), ("application/json", .json), ("image/svg+xml", .svg),
            ("text/vnd.graphviz", .dot), ("text/*", .dot), ("image/*;q=0.1", .svg), ("IMAGE/SVG+XML", .svg),
            ("application/json;q=0.5, image/svg+xml;q=0.9", .svg),
            ("*/*;q=0.1, text/vnd.graphviz;q=0.2", .dot),
            ("application/json;q=0, */*", .dot), ("text/html, image/svg+xml;q=0.9, */*;q=0.8", .svg),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .json),
            ("image/*;q=0.9, image/svg+xml;q=0.1, application/json;q=0.5", .png),
            ("image/svg+xml;charset=utf-8", .svg), ("application/json; q=1.000 , text/vnd.graphviz", .json),
        ] as [(String?, GraphFormat)]
    )
    func `picks what the client likes best`(accept: String?, expected: GraphFormat) {
        #expect(Negotiation.format(accept: accept) == expected)
    }

    @Test(arguments: [
        "text/html", "application/json;q=0", "image/gif, text/plain", "*/*;q=0", "json", "application/",
        "application/json;q=2", "application/json;q=0.0001", "*/json", "application/json;profile=x", ";;;,,/",
    ])
    func `says so when the client likes nothing`(accept: String) {
        #expect(Negotiation.format(accept: accept) == nil)
    }

    @Test func `reads a bounded number of ranges`() {
        let many = String(repeating: "text/html,", count: Negotiation.maximumRanges) + "application/json"
        #expect(Negotiation.format(accept: many) == nil)
    }
}
