// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A part of an expression's text, in Unicode code points.
package struct SourceSpan: Hashable, Sendable {
    /// Code points before it.
    package var offset: Int
    package var length: Int

    package init(offset: Int, length: Int) {
        self.offset = offset
        self.length = length
    }

    package var end: Int { offset + length }

    /// From the start of this one to the end of another that is not before it.
    func through(_ last: SourceSpan) -> SourceSpan {
        SourceSpan(offset: offset, length: max(length, last.end - offset))
    }
}
