// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Turns frames of one reporter into window reports.
///
/// Owned by one thread. Time is packet time; memory is bounded by the configuration.
package final class MeteringEngine {
    package struct Configuration: Sendable {
        package var cluster = "default"
        /// Live flows kept at once; further ones push out the idlest and are counted.
        package var maximumFlows = 262_144
        package var patience = Patience()

        package init() {}
    }

    /// - Parameter emit: Receives each report as its window is complete.
    package init(
        configuration: Configuration,
        reporter: Reporter,
        emit: @escaping (WindowReport) -> Void
    ) {
    }

    /// Accounts one frame, in the order of capture.
    package func account(_ frame: borrowing CapturedFrame) {
    }

    /// Adds what the source lost since the last call to the current window.
    package func account(_ cause: LossCause, count: UInt64) {
    }

    /// Ends input: reports every window that has not been. What is undecided stays in flight.
    package func finish() {
    }
}
