// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine {
    /// Everything an engine knows: a value that only its engine holds.
    struct State: ~Copyable {
        let configuration: Configuration
        let reporter: Reporter
        let emit: (WindowReport) -> Void

        var table = FlowTable()
        var pool = AccumulatorPool()
        var sightings = SightingTable()
        var handshakes = HandshakeMemory()
        var interfaces = InterfaceNumbers()
        var fragments = FragmentTable()
        var locality = LocalityObserver()
        var timeline = WindowTimeline()
        /// By start; never many.
        var windows: [Int64: OpenWindow] = [:]
        /// The window of the last frame, which is nearly always that of the next.
        private(set) var current: OpenWindow?
        /// Its bounds, or an empty window.
        private(set) var currentBounds = State.noWindow
        /// What the frames of the current window came to since it became so.
        var tally = FrameTally()
        /// Packet time: never steps back within a stretch of observation.
        var now = Timestamp(nanoseconds: .min)
        /// What is known of the frames of a batch before they are accounted.
        var outlooks = Slab<PacketOutlook>(minimumCapacity: FrameBatch.capacity)
        /// Of what was read ahead of its time, so that nobody takes it for useless.
        var glance: UInt32 = 0
        /// Follows streams; `nil` where nobody wants to know.
        var following: StreamFollowing?
        /// What was found in streams, used again for each report of them.
        var batch = FollowBatch()
        /// Packets offered to streams since the last report.
        var offers = 0
        /// Points that nothing will come of, until the next report.
        var opaquePoints: [OpenWindow.TouchedPoint] = []
        /// Connections that are over, until it is known what was found in their streams.
        var endedConnections: [Int] = []
        /// Connections and datagram flows found so far, each counted once with all its legs.
        var connectionCount: UInt64 = 0
        /// Frames that came of link types that are not read.
        private(set) var unreadLinks = UnreadLinks()
        /// What the source lost before the first frame.
        private var earlyLosses: [LossCause: UInt64] = [:]
        /// Names that the source gave before the first frame.
        private var earlyNames: [RecordedName] = []

        private static let noWindow = Window(
            start: Timestamp(nanoseconds: 0),
            end: Timestamp(nanoseconds: 0)
        )

        init(configuration: Configuration, reporter: Reporter, emit: @escaping (WindowReport) -> Void) {
            self.configuration = configuration
            self.reporter = reporter
            self.emit = emit
            following =
                configuration.dissects
                ? StreamFollowing(
                    patience: configuration.patience,
                    headers: configuration.sampledHeaders,
                    restNanoseconds: configuration.restNanoseconds,
                    isOnOtherThread: configuration.threads > 1
                )
                : nil
        }

        /// Accounts one frame, in the order of capture.
        mutating func account(_ frame: borrowing CapturedFrame) {
            let time = WindowTimeline.usable(frame.timestamp)
            enter(time, isTruncated: frame.bytes.byteCount < frame.wireLength)
            do {
                // In place: the headers are large, and decoding into a result copies them.
                var headers = PacketHeaders()
                try headers.read(frame.bytes, linkType: frame.linkType)
                // All else before the headers are taken: what comes between would have them copied.
                let payload = headers.payload(of: frame.bytes)
                let place = PacketPlace(
                    headers,
                    payload: payload,
                    interface: number(of: frame.interfaceNumber, headers),
                    seed: table.seed
                )
                meter(headers, payload: payload, place: place, at: time)
            } catch .notMetered {
                tally.notMetered += 1
            } catch {
                if case .unsupportedLink(let type) = error { unreadLinks.note(type) }
                window(at: time).addUndecodable(Self.cause(of: error))
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
            enter(time, isTruncated: false)
            let place = PacketPlace(
                headers,
                payload: payload,
                interface: number(of: captureInterface, headers),
                seed: table.seed
            )
            meter(headers, payload: payload, place: place, at: time)
        }

        private mutating func number(of captureInterface: UInt32, _ headers: PacketHeaders) -> UInt16 {
            interfaces.number(captureInterface: captureInterface, kernelIndex: headers.interfaceIndex)
        }

        /// Adds what the source lost since the last call to the current window.
        mutating func account(_ cause: LossCause, count: UInt64) {
            if let current {
                current.add(cause, count)
            } else {
                earlyLosses[cause, default: 0] = (earlyLosses[cause] ?? 0).addingSaturated(count)
            }
        }

        /// Notes a name that the source gave to an address, in the current window.
        mutating func note(_ recorded: RecordedName) {
            if let current {
                note(recorded, in: current)
            } else if earlyNames.count < configuration.maximumNames {
                earlyNames.append(recorded)
            } else {
                account(.droppedNames, count: 1)
            }
        }

        private func note(_ recorded: RecordedName, in window: OpenWindow) {
            let endpoint = Endpoint(recorded.address, cluster: configuration.cluster, reporter: reporter)
            let name = NameObservation(endpoint: endpoint, name: recorded.name, source: .captureFile)
            window.note(name, limit: configuration.maximumNames)
        }

        /// Moves packet time to a frame, and makes the window that the frame belongs to current.
        @inline(__always)
        mutating func enter(_ time: Timestamp, isTruncated: Bool) {
            advance(toFrameAt: time)
            if !currentBounds.contains(time) { makeCurrent(window(at: time)) }
            tally.frames += 1
            if isTruncated { tally.truncated += 1 }
        }

        private mutating func makeCurrent(_ window: OpenWindow) {
            leaveCurrent()
            current = window
            currentBounds = window.window
            if !earlyLosses.isEmpty {
                for (cause, count) in earlyLosses { window.add(cause, count) }
                earlyLosses = [:]
            }
            if !earlyNames.isEmpty {
                for recorded in earlyNames { note(recorded, in: window) }
                earlyNames = []
            }
        }

        /// Puts the tally into the current window; none is current until the next frame.
        mutating func leaveCurrent() {
            current?.add(tally)
            tally = FrameTally()
            current = nil
            currentBounds = Self.noWindow
        }

        private static func cause(of error: DecodeError) -> String {
            switch error {
            case .truncated(let layer, _, _): "truncated \(layer.rawValue)"
            case .malformed(let layer, _): "malformed \(layer.rawValue)"
            case .unsupportedLink(let link): "link \(LinkType.describeUnread(link))"
            case .notMetered: "not metered"
            }
        }
    }
}
