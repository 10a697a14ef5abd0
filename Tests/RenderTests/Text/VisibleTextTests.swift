// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Render
import Testing

@Suite struct `Visible text` {
    @Test(arguments: [
        ("nginx", "nginx"), ("a\u{0}b", "a[U+0000]b"), ("\u{202E}gnp", "[U+202E]gnp"),
        ("\u{1B}[31m", "[U+001B][31m"),
        ("é日本", "é日本"), ("\u{E0041}", "[U+E0041]"), ("\u{2028}", "[U+2028]"), ("", ""),
        ("\r\n", "[U+000D][U+000A]"),
    ])
    func `spells out what cannot be seen`(text: String, expected: String) {
        #expect(VisibleText.of(text) == expected)
    }

    @Test func `keeps both ends of what is too long`() {
        let text = "checkout-" + String(repeating: "x", count: 200) + "-7d4b9-k2x8p"
        let shown = VisibleText.of(text, limit: 40)
        #expect(shown.unicodeScalars.count == 40)
        #expect(
            shown.hasPrefix("checkout-x") && shown.contains("\u{2026}") && shown.hasSuffix("-7d4b9-k2x8p")
        )
    }

    @Test(arguments: HostileNames.all)
    func `is always visible and bounded`(name: String) {
        let shown = VisibleText.of(name)
        #expect(shown.unicodeScalars.allSatisfy(VisibleText.isVisible))
        #expect(shown.unicodeScalars.count <= VisibleText.maximumScalars * 9)
        #expect(VisibleText.isPlain(name) == (shown == name))
    }
}
