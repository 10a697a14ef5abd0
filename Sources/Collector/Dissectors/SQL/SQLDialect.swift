// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What differs in reading statements.
enum SQLDialect: BitwiseCopyable {
    /// Standard strings, `"names"`, dollar quotes, nested comments.
    case postgresql
    /// Strings with backslashes, also in double quotes; `` `names` ``, `#` comments.
    ///
    /// A server may be told otherwise (`ANSI_QUOTES`); names are then literals, never the reverse.
    case mysql
}
