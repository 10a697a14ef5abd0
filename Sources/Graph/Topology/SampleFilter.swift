// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Which sampled transactions are wanted.
package struct SampleFilter: Hashable, Sendable {
    package var applicationProtocol: ApplicationProtocol?
    /// Any of these; `nil` for all.
    package var outcomes: Set<Outcome>?
    package var operation: String?

    package init(
        applicationProtocol: ApplicationProtocol? = nil,
        outcomes: Set<Outcome>? = nil,
        operation: String? = nil
    ) {
        self.applicationProtocol = applicationProtocol
        self.outcomes = outcomes
        self.operation = operation
    }

    package func matches(_ sample: TransactionSample) -> Bool {
        (applicationProtocol.map { $0 == sample.applicationProtocol } ?? true)
            && (outcomes.map { $0.contains(sample.outcome) } ?? true)
            && (operation.map { $0 == sample.operation } ?? true)
    }
}
