// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// When the rows of a summary's block count.
///
/// Who was nearest to the client is known for each base window only, so it is decided when windows
/// are rolled up. Which side is the client of an edge that nothing decided is known only when it
/// is read, so both answers are kept.
package enum Counted: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case always = 0
    /// Only if the edge is not turned around.
    case ifStraight = 1
    /// Only if the edge is turned around.
    case ifTurned = 2
    /// Another reporter was nearer to the client, whichever side that is.
    case never = 3

    /// When a reporter's row of a base window counts.
    init(_ key: EdgeKey, reporter: String, choice: ReporterChoice) {
        let isStraight = choice.counts(client: key.client, reporter: reporter)
        guard key.orientation == .undecided else {
            self = isStraight ? .always : .never
            return
        }
        switch (isStraight, choice.counts(client: key.server, reporter: reporter)) {
        case (true, true): self = .always
        case (true, false): self = .ifStraight
        case (false, true): self = .ifTurned
        case (false, false): self = .never
        }
    }
}
