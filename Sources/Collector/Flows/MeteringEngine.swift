// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Turns frames of one reporter into window reports.
///
/// Owned by one thread, and not to be called while it emits. Time is packet time; memory is
/// bounded by the configuration.
///
/// ```text
/// frame → headers → point ──first sighting?──→ packets, bytes, locality
///                     │         └─ further: evidence that two points are legs of one connection
///                     └─ each packet once per point ─→ TCP tracker, stream follower
/// at a window's end: connections → edge rows → report
/// ```
///
/// Every frame is in exactly one class of the window's coverage.
///
/// All state is one value, changed through one access for each call, so that the compiler and
/// not every access at run time proves that accesses are exclusive.
package final class MeteringEngine {
    /// Limits, and what a report says of its origin.
    package struct Configuration: Sendable {
        package var cluster = "default"
        /// Live flows kept at once; further ones push out the idlest and are counted.
        package var maximumFlows = 262_144
        package var patience = Patience()
        /// Whether application protocols are followed; without, there are flows and TCP facts only.
        package var dissects = true
        /// Threads that share the work; with 2 or more, streams are followed on one of their own.
        package var threads = 1
        /// How long a stream at rest between two messages has no packet before all but a few bytes of
        /// what is known of it are let go; its findings do not depend on it.
        package var restNanoseconds = FollowLimits.restNanoseconds
        /// Edges of a window that are kept apart; further ones are folded and counted.
        package var maximumEdges = 131_072
        /// The same of edges that nobody answered, which do not count among the others.
        package var maximumOneWayEdges = 65_536
        /// The same of one client, or of one server: a scan, or a flood, folds its own.
        package var maximumOneWayEdgesOfOneEnd = 4_096
        /// Rows of a window that stand for folded edges, of each of two kinds.
        package var maximumFoldedEdges = 4_096
        /// Operations of one protocol on one edge and in one window that are kept apart; further
        /// ones are folded into `{other}` and counted.
        package var maximumOperations = 100
        /// Header fields whose values examples keep; `nil`, as by default, is none.
        package var sampledHeaders: SampledHeaders?
        /// Names of a window; further ones are counted only.
        package var maximumNames = 4_096
        /// Local addresses of a window; further ones are counted only.
        package var maximumLocalAddresses = 65_536

        package init() {}

        var edgeLimits: EdgeTable.Limits {
            EdgeTable.Limits(
                conversations: maximumEdges,
                oneWay: maximumOneWayEdges,
                oneWayOfOneEnd: maximumOneWayEdgesOfOneEnd,
                folded: maximumFoldedEdges
            )
        }
    }

    private var state: State

    /// Makes an engine that has seen nothing.
    ///
    /// - Parameters:
    ///   - configuration: Names and limits.
    ///   - reporter: Whose frames they will be.
    ///   - emit: Receives each report as its window is complete.
    package init(
        configuration: Configuration,
        reporter: Reporter,
        emit: @escaping (WindowReport) -> Void
    ) {
        state = State(configuration: configuration, reporter: reporter, emit: emit)
    }

    /// Connections and datagram flows found so far, each counted once with all its legs.
    package var connectionCount: UInt64 { state.connectionCount }

    /// Frames that came of link types that are not read.
    package var unreadLinks: UnreadLinks { state.unreadLinks }

    /// The thread that follows streams, if it is another than this one.
    package var streamThread: StreamThread? { state.following?.other }

    /// Accounts one frame, in the order of capture.
    package func account(_ frame: borrowing CapturedFrame) {
        state.account(frame)
    }

    /// Accounts some frames of a source, in the order of capture.
    ///
    /// - Parameters:
    ///   - batch: The frames.
    ///   - bytes: What the batch was handed over with.
    package func account(_ batch: borrowing FrameBatch, of bytes: RawSpan) {
        state.account(batch, of: bytes)
    }

    /// Accounts one frame whose headers were read before.
    ///
    /// - Parameters:
    ///   - headers: Of the frame.
    ///   - payload: The captured payload.
    ///   - time: When it was captured.
    ///   - captureInterface: The number of the interface within its capture.
    package func account(
        _ headers: PacketHeaders,
        payload: RawSpan,
        at time: Timestamp,
        captureInterface: UInt32 = 0
    ) {
        state.account(headers, payload: payload, at: time, captureInterface: captureInterface)
    }

    /// Adds what the source lost since the last call to the current window.
    package func account(_ cause: LossCause, count: UInt64) {
        state.account(cause, count: count)
    }

    /// Notes a name that the source gave to an address, in the current window.
    package func note(_ recorded: RecordedName) {
        state.note(recorded)
    }

    /// Ends input: reports every window that has not been.
    ///
    /// What is undecided stays in flight or pending, and is no failure.
    package func finish() {
        state.endStretch()
    }
}
