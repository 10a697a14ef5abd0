// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What following a stream yielded since the output was last drained.
///
/// One is reused for every packet of an engine, so arrays keep their capacity.
package struct DissectionOutput {
    /// A request's first byte was seen.
    package struct Started: Equatable, Sendable, BitwiseCopyable {
        package let applicationProtocol: ApplicationProtocol
        package let at: Timestamp

        package init(applicationProtocol: ApplicationProtocol, at: Timestamp) {
            self.applicationProtocol = applicationProtocol
            self.at = at
        }
    }

    /// A name that traffic gave to an address.
    package struct Named: Equatable, Sendable {
        package let address: IPAddress
        package let name: String
        package let source: NameObservation.Source

        package init(address: IPAddress, name: String, source: NameObservation.Source) {
            self.address = address
            self.name = name
            self.source = source
        }
    }

    package var started: [Started] = []
    package var finished: [Transaction] = []
    package var names: [Named] = []
    /// Losses by cause (`reassemblyGaps`, `unmatchedResponses`, `abandonedStreams`...).
    package var losses: [LossCause] = []

    package init() {}

    package var isEmpty: Bool { started.isEmpty && finished.isEmpty && names.isEmpty && losses.isEmpty }

    package mutating func removeAll() {
        started.removeAll(keepingCapacity: true)
        finished.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        losses.removeAll(keepingCapacity: true)
    }
}
