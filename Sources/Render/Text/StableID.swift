// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A short name for a long or hostile one: the same in every run and on every machine.
package enum StableID {
    /// Sixteen hexadecimal digits of the text (FNV-1a, 64 bits).
    ///
    /// Names an element, proves nothing: whoever chooses names can make two of them collide.
    package static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func node(_ id: String) -> String { "node-" + hash(id) }

    package static func edge(_ id: String) -> String { "edge-" + hash(id) }

    package static func namespace(_ name: String) -> String { "namespace-" + hash(name) }
}
