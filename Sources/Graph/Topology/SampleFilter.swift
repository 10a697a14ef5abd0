// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Which sampled transactions are wanted.
package struct SampleFilter: Hashable, Sendable {
    package var applicationProtocol: ApplicationProtocol?
    package var outcome: Outcome?
    package var operation: String?

    package init(
        applicationProtocol: ApplicationProtocol? = nil,
        outcome: Outcome? = nil,
        operation: String? = nil
    ) {
        self.applicationProtocol = applicationProtocol
        self.outcome = outcome
        self.operation = operation
    }

    package func matches(_ sample: TransactionSample) -> Bool {
        (applicationProtocol.map { $0 == sample.applicationProtocol } ?? true)
            && (outcome.map { $0 == sample.outcome } ?? true)
            && (operation.map { $0 == sample.operation } ?? true)
    }
}
