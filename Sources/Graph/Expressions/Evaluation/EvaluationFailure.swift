// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why a part of an expression has no value; `&&` and `||` do without it where they can.
enum EvaluationFailure: Error {
    /// A field, or a key of a map, that has none: what was read.
    case absent(String)
    case failed(String, SourceSpan)
    /// The steps are used up, which nothing makes good.
    case exhausted
}
