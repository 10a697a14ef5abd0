// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Server
import Testing

@Suite struct `Entity tags` {
    @Test func `are equal for equal bytes and differ for others`() {
        let tag = EntityTag.strong(of: Array("map".utf8))
        #expect(tag == EntityTag.strong(of: Array("map".utf8)))
        #expect(tag != EntityTag.strong(of: Array("mop".utf8)))
        // Equal as text, by canonical equivalence, but not as bytes.
        #expect(EntityTag.strong(of: Array("\u{E9}".utf8)) != EntityTag.strong(of: Array("e\u{301}".utf8)))
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
    }

    @Test(arguments: ["\"a\"", "*", "W/\"a\"", "\"b\", \"a\"", " \"b\" ,\tW/\"a\" "])
    func `are found in lists`(list: String) {
        #expect(EntityTag.list(list, contains: "\"a\""))
    }

    @Test(arguments: ["", "\"b\"", "a", "\"a", "w/\"a\"", "\"ab\""])
    func `are not found in others`(list: String) {
        #expect(!EntityTag.list(list, contains: "\"a\""))
    }
}
