// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What dissects one flow: a probe until a protocol is recognized, then its dissector, or nothing.
///
/// Recognition is by content. Ports only decide which protocol is asked first, and how much evidence
/// it needs.
struct DissectorSet: ~Copyable {
    private enum Stage {
        /// A stream of which no byte was seen.
        case silent
        case probing(StreamProber)
        case stream(any FollowedStream)
        /// Datagrams, of which so many were of no protocol.
        case guessing(Int)
        case datagrams(any FollowedDatagrams)
        /// None of ours, or beyond recovery: nothing is looked at or kept.
        case opaque
    }

    /// Times a connection may change its protocol: a tunnel in a tunnel, each encrypted.
    private static let maximumChanges = 8

    private(set) var client: FlowDirection?
    private var stage: Stage
    private var changes = 0
    /// What was spoken before the last change.
    private var previous: ApplicationProtocol?
    private let context: FlowContext
    private let patience: Patience
    private let ports: (UInt16, UInt16)

    init(transport: TransportProtocol, ports: (UInt16, UInt16), patience: Patience, context: FlowContext) {
        self.context = context
        self.patience = patience
        self.ports = ports
        switch transport {
        case .tcp: stage = .silent
        case .udp: stage = .guessing(0)
        default: stage = .opaque
        }
    }

    /// Follows a protocol that is known beforehand; what comes after it is recognized.
    init(
        presuming presumed: PresumedProtocol,
        client: FlowDirection,
        isAligned: Pair<Bool>,
        isFromStart: Bool,
        patience: Patience,
        context: FlowContext
    ) {
        self.init(transport: presumed.transport, ports: (0, 0), patience: patience, context: context)
        self.client = client
        let setup = setup(client: client, isAligned: isAligned, isFromStart: isFromStart)
        if let stream = presumed.makeStream?(setup) {
            stage = .stream(stream)
        } else if let datagrams = presumed.makeDatagrams?(setup) {
            stage = .datagrams(datagrams)
        }
    }

    /// What there is to keep of it between two messages; `nil` where there is more.
    var rest: DissectionRest? {
        guard case .stream(let stream) = stage, changes == 0, previous == nil,
            let dissector = stream.rest,
            let originator = context.originatorAddress, let responder = context.responderAddress
        else { return nil }
        let name = stream.inFlight.applicationProtocol
        guard let entry = StreamProtocol.all.firstIndex(where: { $0.applicationProtocol == name })
        else { return nil }
        return DissectionRest(
            entry: entry,
            dissector: dissector,
            client: client,
            ports: ports,
            addresses: Pair(originator, responder)
        )
    }

    /// Goes on from what was kept.
    init(_ rest: DissectionRest, patience: Patience, shared: SharedDissectionState) {
        let context = FlowContext(
            shared: shared,
            originatorAddress: rest.addresses.forward,
            responderAddress: rest.addresses.backward
        )
        self.init(transport: .tcp, ports: rest.ports, patience: patience, context: context)
        client = rest.client
        // What depends on how it began is in what was kept.
        let setup = setup(client: rest.dissector.client, isAligned: Pair(true, true), isFromStart: true)
        stage = .stream(StreamProtocol.all[rest.entry].resume(setup, rest.dissector))
    }

    var isOpaque: Bool { if case .opaque = stage { true } else { false } }

    var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64)? {
        switch stage {
        case .stream(let stream): stream.inFlight
        case .datagrams(let datagrams): datagrams.inFlight
        case .silent, .probing, .guessing, .opaque: nil
        }
    }

    var deadline: Timestamp? {
        switch stage {
        case .stream(let stream): stream.deadline
        case .datagrams(let datagrams): datagrams.deadline
        case .silent, .probing, .guessing, .opaque: nil
        }
    }

    mutating func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        if case .guessing(let foreign) = stage {
            guard let found = DatagramProtocol.recognize(bytes, isWhole: isWhole, ports: ports) else {
                let isEnough = foreign + 1 >= DatagramProtocol.foreignDatagrams
                stage = isEnough ? .opaque : .guessing(foreign + 1)
                return
            }
            switch found.sender {
            case .fromClient: client = direction
            case .fromServer: client = direction.opposite
            case .fromEither, .no, .undecided: break
            }
            let setup = setup(
                client: client ?? direction,
                isAligned: Pair(true, true),
                isFromStart: foreign == 0
            )
            stage = .datagrams(found.entry.make(setup))
            output.recognized.append(found.entry.applicationProtocol)
        }
        guard case .datagrams(let datagrams) = stage else { return }
        datagrams.datagram(direction, bytes, isWhole: isWhole, at: time, into: &output)
        if datagrams.isFinished { stage = .opaque }
    }

    /// Takes in-order bytes; each call begins with a segment.
    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        isFromStart: Bool,
        into output: inout DissectionOutput
    ) {
        if let progress = offer(direction, bytes, at: time, into: &output) {
            guard progress.isFinished else { return }
            let rest = bytes.clamped(progress.used, bytes.byteCount)
            return follow(direction, rest, at: time, into: &output)
        }
        switch stage {
        case .silent:
            let prober = StreamProber(ports: ports, isFromStart: isFromStart)
            stage = .probing(prober)
            probe(prober, direction, bytes, at: time, isFromStart: isFromStart, into: &output)
        case .probing(let prober):
            probe(prober, direction, bytes, at: time, isFromStart: isFromStart, into: &output)
        case .stream, .guessing, .datagrams, .opaque: break
        }
    }

    /// Shows bytes to the dissector, if there is one.
    ///
    /// It changes nothing here, so that nobody has to hold the dissector meanwhile: with each segment
    /// that would be two atomic operations.
    @inline(never)
    private func offer(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> (used: Int, isFinished: Bool)? {
        // With a default: where each case is named, or guarded against, Swift 6.3.1 copies the stage.
        switch stage {
        case .stream(let stream): return stream.consume(direction, bytes, at: time, into: &output)
        default: return nil
        }
    }

    /// Tells that bytes will never be seen.
    ///
    /// - Parameters:
    ///   - direction: The side that sent them.
    ///   - count: How many.
    ///   - time: When that was known, or when they were captured in part.
    ///   - isTail: They end a segment that was captured in part.
    ///   - output: Receives what comes of it.
    mutating func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    ) {
        switch stage {
        case .stream(let stream):
            if !isTail { output.losses.append(.reassemblyGaps) }
            stream.missing(direction, count, at: time, isTail: isTail, into: &output)
            if stream.isFinished { follow(direction, RawSpan(), at: time, into: &output) }
        case .probing(let prober): prober.missing(direction)
        case .silent, .guessing, .datagrams, .opaque: break
        }
    }

    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        guard case .stream(let stream) = stage else { return }
        stream.end(direction, at: time, into: &output)
        if stream.isFinished { follow(direction, RawSpan(), at: time, into: &output) }
    }

    mutating func reset(by direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    {
        if case .stream(let stream) = stage { stream.reset(by: direction, at: time, into: &output) }
        stage = .opaque
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        switch stage {
        case .stream(let stream): stream.advance(to: time, into: &output)
        case .datagrams(let datagrams): datagrams.advance(to: time, into: &output)
        case .silent, .probing, .guessing, .opaque: break
        }
    }

    mutating func settle(at time: Timestamp, into output: inout DissectionOutput) {
        switch stage {
        case .stream(let stream): stream.settle(at: time, into: &output)
        case .datagrams(let datagrams): datagrams.settle(at: time, into: &output)
        case .silent, .probing, .guessing, .opaque: break
        }
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        switch stage {
        case .stream(let stream): stream.close(at: time, into: &output)
        case .datagrams(let datagrams): datagrams.close(at: time, into: &output)
        case .silent, .probing, .guessing, .opaque: break
        }
        stage = .opaque
    }

    // MARK: - From one stage to the next

    private func setup(
        client: FlowDirection,
        isAligned: Pair<Bool>,
        isFromStart: Bool
    ) -> DissectorSetup {
        DissectorSetup(
            client: client,
            isAligned: isAligned,
            isFromStart: isFromStart,
            previous: previous,
            patience: patience,
            context: context
        )
    }

    private mutating func probe(
        _ prober: StreamProber,
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        isFromStart: Bool,
        into output: inout DissectionOutput
    ) {
        guard let match = prober.offer(direction, bytes, at: time) else {
            if prober.isExhausted { stage = .opaque }
            return
        }
        // Roles of the flow never flip, whatever is spoken inside a tunnel.
        if client == nil { client = match.client }
        let stream = match.entry.make(
            setup(client: match.client ?? direction, isAligned: match.isAligned, isFromStart: isFromStart)
        )
        stage = .stream(stream)
        output.recognized.append(match.entry.applicationProtocol)
        for piece in prober.pieces {
            let kept = prober.keptBytes(of: piece.direction)
            let part = kept.octetSpan.clamped(piece.range)
            consume(piece.direction, part, at: piece.time, isFromStart: isFromStart, into: &output)
        }
        if !match.isKept {
            consume(direction, bytes, at: time, isFromStart: isFromStart, into: &output)
        }
    }

    /// Goes on with what follows a dissector that has finished.
    private mutating func follow(
        _ direction: FlowDirection,
        _ rest: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard case .stream(let stream) = stage else { return }
        changes += 1
        previous = stream.inFlight.applicationProtocol
        guard changes <= Self.maximumChanges else {
            stage = .opaque
            return
        }
        switch stream.successor {
        case .none: stage = .opaque
        case .probe: stage = .silent
        case .stream(let next):
            stage = .stream(next)
            output.recognized.append(next.inFlight.applicationProtocol)
        }
        guard !rest.isEmpty else { return }
        consume(direction, rest, at: time, isFromStart: true, into: &output)
    }
}
