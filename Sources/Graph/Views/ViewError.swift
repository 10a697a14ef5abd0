// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An expression of a view that cannot be used for a graph.
package struct ViewError: Error {
    /// The name that API and command line have for it.
    package enum Part: String, Sendable {
        case filter
        case hide
        case find
    }

    package let part: Part
    /// The expression as it was written.
    package let text: String
    package let error: ExpressionError
}
