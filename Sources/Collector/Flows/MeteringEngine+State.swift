// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine {
    /// Everything an engine knows: a value that only its engine holds.
    struct State {
        let configuration: Configuration
        let reporter: Reporter
        let emit: (WindowReport) -> Void

        var table = FlowTable()
        var pool = AccumulatorPool()
        var sightings = SightingTable()
        var interfaces = InterfaceNumbers()
        var fragments = FragmentTable()
        var locality = LocalityObserver()
        var timeline = WindowTimeline()
        /// By start; never many.
        var windows: [Int64: OpenWindow] = [:]
        /// The window of the last frame, which is nearly always that of the next.
        var current: OpenWindow?
        /// Packet time: never steps back within a stretch of observation.
        var now = Timestamp(nanoseconds: .min)
        /// Reused for every packet.
        var output = DissectionOutput()
        /// What followers have in common, by their place on a packet's way.
        var sharedStates: [SharedDissectionState] = []
        /// Connections and datagram flows found so far, each counted once with all its legs.
        var connectionCount: UInt64 = 0
        /// What the source lost before the first frame.
        private var earlyLosses: [LossCause: UInt64] = [:]

        init(configuration: Configuration, reporter: Reporter, emit: @escaping (WindowReport) -> Void) {
            self.configuration = configuration
            self.reporter = reporter
            self.emit = emit
        }

        /// Accounts one frame, in the order of capture.
        mutating func account(_ frame: borrowing CapturedFrame) {
            let time = WindowTimeline.usable(frame.timestamp)
            let window = enter(time, isTruncated: frame.bytes.byteCount < frame.wireLength)
            do {
                let headers = try PacketHeaders.decode(frame.bytes, linkType: frame.linkType)
                let start = min(max(0, headers.payloadOffset), frame.bytes.byteCount)
                let count = min(max(0, headers.capturedPayloadLength), frame.bytes.byteCount - start)
                meter(
                    headers,
                    payload: frame.bytes.extracting(start..<start + count),
                    at: time,
                    captureInterface: frame.interfaceNumber,
                    in: window
                )
            } catch .notMetered {
                window.coverage.notMetered += 1
            } catch {
                window.coverage.undecodable[Self.cause(of: error), default: 0] += 1
            }
        }

        /// Accounts one frame whose headers were read before.
        mutating func account(
            _ headers: PacketHeaders,
            payload: RawSpan,
            at time: Timestamp,
            captureInterface: UInt32
        ) {
            let time = WindowTimeline.usable(time)
            let window = enter(time, isTruncated: false)
            meter(headers, payload: payload, at: time, captureInterface: captureInterface, in: window)
        }

        /// Adds what the source lost since the last call to the current window.
        mutating func account(_ cause: LossCause, count: UInt64) {
            if let current {
                current.add(cause, count)
            } else {
                earlyLosses[cause, default: 0] = (earlyLosses[cause] ?? 0).addingSaturated(count)
            }
        }

        /// Moves packet time to a frame, and gives the window that the frame belongs to.
        private mutating func enter(_ time: Timestamp, isTruncated: Bool) -> OpenWindow {
            advance(toFrameAt: time)
            let window = window(at: time)
            if current !== window { current = window }
            if !earlyLosses.isEmpty {
                for (cause, count) in earlyLosses { window.add(cause, count) }
                earlyLosses = [:]
            }
            window.coverage.frames += 1
            if isTruncated { window.add(.truncatedFrames) }
            return window
        }

        private static func cause(of error: DecodeError) -> String {
            switch error {
            case .truncated(let layer, _, _): "truncated \(layer.rawValue)"
            case .malformed(let layer, _): "malformed \(layer.rawValue)"
            case .unsupportedLink(let link): "link \(link)"
            case .notMetered: "not metered"
            }
        }
    }
}
