// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What became of an edge or a node from one range to another.
package enum Change: String, Sendable, CaseIterable {
    case new
    case gone
    case failing
    case recovered
    case slower
    case faster
    case more
    case less
    case same
}

/// A change, and whether there is too little to tell it from chance.
package struct Judgement: Equatable, Sendable {
    package var change: Change
    package var isUncertain = false

    package init(_ change: Change, isUncertain: Bool = false) {
        self.change = change
        self.isUncertain = isUncertain
    }
}
