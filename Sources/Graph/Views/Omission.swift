// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the views of a graph left out of it.
package struct Omission: Equatable, Sendable {
    package var nodes = 0
    package var edges = 0
    /// Of the edges, those for which the filter read a field that has no value.
    package var absent = 0
    /// Of the edges, those for which the filter had no answer for another reason, such as an overflow.
    package var failed = 0
    /// Edges that stayed though something was to be hidden: whether they match, it had no answer.
    package var undecided = 0

    package init() {}

    package var isNothing: Bool { nodes == 0 && edges == 0 && undecided == 0 }
}
