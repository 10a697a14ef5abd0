// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// Follows every TCP and UDP flow of a capture, each by its addresses and ports.
struct CaptureFollowing {
    /// One transaction and the flow it was on.
    struct Finding {
        let transaction: Transaction
        let client: IPAddress
        let server: IPAddress
    }

    var findings: [Finding] = []
    var losses: [LossCause: Int] = [:]
    var names: [DissectionOutput.Named] = []
    var started: [ApplicationProtocol: Int] = [:]
    var inFlight: [ApplicationProtocol: Int] = [:]
    var recognized: [ApplicationProtocol: Int] = [:]
    var handshakes: [TLSHandshakeEvent] = []
    var messages: [ApplicationProtocol: Int] = [:]

    private struct Flow {
        let originator: FiveTuple
        let follower: StreamFollower
    }

    /// Reads a capture.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - skipsLinkRepeats: Leaves out frames whose addresses, identification and payload
    ///     were seen within a millisecond: the second sighting on a bridge.
    ///   - closesAtEnd: Gives every request an outcome.
    /// - Throws: What the file's reader throws.
    init(path: String, skipsLinkRepeats: Bool = false, closesAtEnd: Bool = false) throws {
        var source = try SavefilePacketSource(path: path)
        var flows: [FiveTuple: Flow] = [:]
        var order: [FiveTuple] = []
        let shared = SharedDissectionState()
        var output = DissectionOutput()
        var last = Timestamp(nanoseconds: 0)
        var recent: [String: Timestamp] = [:]
        var result = Self()
        reading: while true {
            let progress = try source.read { frame in
                guard let headers = try? PacketHeaders.decode(frame.bytes, linkType: frame.linkType),
                    !headers.isLaterFragment, headers.transport == .tcp || headers.transport == .udp
                else { return }
                last = frame.timestamp
                if skipsLinkRepeats {
                    let key =
                        "\(headers.fiveTuple)\(headers.identification)\(headers.sequence)\(headers.payloadLength)"
                    if let before = recent[key], frame.timestamp - before < 1_000_000 { return }
                    recent[key] = frame.timestamp
                }
                let tuple = headers.fiveTuple
                let key = flows[tuple] != nil ? tuple : tuple.reversed
                if flows[key] == nil || Self.restarts(headers, flows[key]) {
                    if let old = flows[key] {
                        old.follower.close(at: last, into: &output)
                        result.take(&output, old)
                    } else {
                        order.append(tuple)
                    }
                    let follower = StreamFollower(
                        transport: headers.transport,
                        originatorPort: tuple.sourcePort,
                        responderPort: tuple.destinationPort,
                        patience: Patience(),
                        originatorAddress: tuple.source,
                        responderAddress: tuple.destination,
                        shared: shared
                    )
                    flows[flows[key] == nil ? tuple : key] = Flow(originator: tuple, follower: follower)
                }
                guard let flow = flows[tuple] ?? flows[tuple.reversed] else { return }
                let direction: FlowDirection = flow.originator == tuple ? .fromOriginator : .fromResponder
                let end = headers.payloadOffset + headers.capturedPayloadLength
                let payload = frame.bytes.extracting(headers.payloadOffset..<end)
                if headers.transport == .tcp {
                    flow.follower.segment(
                        direction,
                        sequence: headers.sequence,
                        acknowledgment: headers.acknowledgment,
                        flags: headers.tcpFlags,
                        payload: payload,
                        payloadLength: headers.payloadLength,
                        at: frame.timestamp,
                        into: &output
                    )
                } else {
                    flow.follower.datagram(
                        direction,
                        payload: payload,
                        payloadLength: headers.payloadLength,
                        at: frame.timestamp,
                        into: &output
                    )
                }
                result.take(&output, flow)
            }
            if progress == .ended { break reading }
        }
        for tuple in order {
            guard let flow = flows[tuple] else { continue }
            if closesAtEnd { flow.follower.close(at: last, into: &output) }
            flow.follower.endOfInput(into: &output)
            result.take(&output, flow)
            if let gauge = flow.follower.inFlight {
                result.inFlight[gauge.applicationProtocol, default: 0] += Int(gauge.count)
            }
        }
        self = result
    }

    private init() {}

    /// A SYN with another sequence number begins another connection on the same ports.
    private static func restarts(_ headers: PacketHeaders, _ flow: Flow?) -> Bool {
        guard let flow, headers.transport == .tcp, headers.tcpFlags.contains(.syn),
            !headers.tcpFlags.contains(.ack)
        else { return false }
        return flow.follower.isOpaque
    }

    private mutating func take(_ output: inout DissectionOutput, _ flow: Flow) {
        let isForward = flow.follower.clientDirection != .fromResponder
        let tuple = isForward ? flow.originator : flow.originator.reversed
        for transaction in output.finished {
            findings.append(
                Finding(transaction: transaction, client: tuple.source, server: tuple.destination)
            )
        }
        for loss in output.losses { losses[loss, default: 0] += 1 }
        for one in output.started { started[one.applicationProtocol, default: 0] += 1 }
        for one in output.recognized { recognized[one, default: 0] += 1 }
        for one in output.messages { messages[one.applicationProtocol, default: 0] += Int(one.count) }
        names += output.names
        handshakes += output.handshakes
        output.removeAll()
    }

    func transactions(_ applicationProtocol: ApplicationProtocol) -> [Transaction] {
        findings.map(\.transaction).filter { $0.applicationProtocol == applicationProtocol }
    }
}
