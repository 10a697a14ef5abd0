// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The dissectors of one flow: all of them until one recognizes its protocol, then that one,
/// or none.
///
/// Recognition is by content. Ports only decide which dissector sees the bytes first.
struct DissectorSet {
    enum Recognition {
        case probing
        case http
        case dns
        /// None of ours, or beyond recovery: nothing is looked at or kept.
        case opaque
    }

    /// Bytes of both directions looked at in a stream that was seen from its beginning: some
    /// greet or negotiate before they speak (SOCKS, the PROXY protocol).
    static let probedFromStart = 16_384
    /// Bytes looked at in a stream that had begun before: a long body may come first.
    static let probedMidStream = 4_194_304

    private(set) var recognition = Recognition.probing
    private(set) var client: FlowDirection?
    private var http: HTTPDissector?
    private var dns: DNSFollower?
    private let context: FlowContext
    private let triesDNSFirst: Bool
    private var probedBytes = 0

    init(transport: TransportProtocol, ports: (UInt16, UInt16), patience: Patience, context: FlowContext) {
        self.context = context
        triesDNSFirst = ports.0 == DNSFollower.port || ports.1 == DNSFollower.port
        let isForeign =
            DNSFollower.foreignPorts.contains(ports.0) || DNSFollower.foreignPorts.contains(ports.1)
        switch transport {
        case .tcp:
            var dissector = HTTPDissector(patience: patience.otherNanoseconds)
            dissector.originatorAddress = context.originatorAddress
            dissector.responderAddress = context.responderAddress
            http = dissector
            dns = DNSFollower(patience: patience.dnsNanoseconds, isExpected: triesDNSFirst)
        case .udp where !isForeign:
            dns = DNSFollower(patience: patience.dnsNanoseconds, isExpected: triesDNSFirst)
        default:
            recognition = .opaque
        }
    }

    var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64)? {
        switch recognition {
        case .http: http.map { (.http, UInt64($0.inFlight)) }
        case .dns: dns.map { (.dns, UInt64($0.inFlight)) }
        case .probing, .opaque: nil
        }
    }

    var deadline: Timestamp? {
        switch recognition {
        case .http: http?.deadline
        case .dns: dns?.deadline
        case .probing, .opaque: nil
        }
    }

    mutating func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        dns?.datagram(direction, bytes, isWhole: isWhole, at: time, context: context, into: &output)
        update(into: &output)
    }

    /// Takes in-order bytes; each call begins with a segment.
    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        isFromStart: Bool,
        into output: inout DissectionOutput
    ) {
        if triesDNSFirst {
            dns?.consume(direction, bytes, at: time, context: context, into: &output)
            update(into: &output)
        }
        if recognition == .probing || recognition == .http {
            http?.consume(direction, bytes, at: time, shared: context.shared, into: &output)
            update(into: &output)
        }
        if !triesDNSFirst, recognition == .probing || recognition == .dns {
            dns?.consume(direction, bytes, at: time, context: context, into: &output)
            update(into: &output)
        }
        guard recognition == .probing, http?.inspect(direction, { $0.isInsideHead }) != true else { return }
        probedBytes &+= bytes.byteCount
        if probedBytes > (isFromStart ? Self.probedFromStart : Self.probedMidStream) { becomeOpaque() }
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
        if !isTail, recognition == .http || recognition == .dns { output.losses.append(.reassemblyGaps) }
        http?.missing(direction, count, at: time, isTail: isTail, into: &output)
        dns?.missing(direction, count, at: time, context: context, into: &output)
        update(into: &output)
    }

    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        http?.end(direction, at: time, into: &output)
        dns?.end(direction, isReset: false, at: time, into: &output)
        update(into: &output)
    }

    mutating func reset(by direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    {
        http?.reset(by: direction, at: time, into: &output)
        dns?.end(direction, isReset: true, at: time, into: &output)
        update(into: &output)
        if recognition == .probing { becomeOpaque() }
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        http?.advance(to: time, into: &output)
        dns?.advance(to: time, into: &output)
    }

    mutating func settle(at time: Timestamp, into output: inout DissectionOutput) {
        dns?.settle(at: time, into: &output)
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        http?.close(at: time, into: &output)
        dns?.close(at: time, into: &output)
        becomeOpaque()
    }

    /// Drops dissectors that have decided against the flow or are done with it.
    private mutating func update(into output: inout DissectionOutput) {
        if recognition == .probing {
            if let side = http?.client {
                recognition = .http
                output.recognized.append(.http)
                client = side
                dns = nil
            } else if let side = dns?.client {
                recognition = .dns
                output.recognized.append(.dns)
                client = side
                http = nil
            }
        }
        if http?.isFinished == true { http = nil }
        if dns?.isFinished == true { dns = nil }
        if http == nil, dns == nil { becomeOpaque() }
    }

    private mutating func becomeOpaque() {
        recognition = .opaque
        http = nil
        dns = nil
    }
}
