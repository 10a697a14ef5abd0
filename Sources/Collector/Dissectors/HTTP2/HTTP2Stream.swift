// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A request and what is known of its response: one stream (RFC 9113 section 5).
struct HTTP2Stream {
    let id: UInt32
    let start: Timestamp
    var applicationProtocol: ApplicationProtocol
    var operation: String
    /// The operation it has if it turns out to be a call of gRPC.
    var alternative: String?
    /// Its start was told, so that its protocol cannot change.
    var isTold = false
    /// The name by which the client called the server.
    var host: String?
    /// Header fields that were asked for, those of the request first.
    var fields: [HeaderField]?
    var isCONNECT = false
    /// It waits by design.
    var isStreaming = false
    /// `nil` while its body goes on.
    var end: Timestamp?
    /// Of what was seen of the request.
    var lastByte: Timestamp
    /// Of the first byte of its final response.
    var responseStart: Timestamp?
    /// 0 where it is not known.
    var status: UInt16 = 0
    var content = HTTPContent.other
    /// `nil` where there is none, or none that is known.
    var grpcStatus: UInt16?
    /// A header section of the response has fields that are not known.
    var hasUnknown = false
    var sent = GRPCMessages()
    var received = GRPCMessages()
    /// Patience ended; it stays so that a late response finds it.
    var isDecided = false
    /// Bytes of its response may have been lost.
    var isResponseLost = false
    var requestBytes: UInt64 = 0
    var responseBytes: UInt64 = 0

    init(id: UInt32, start: Timestamp, applicationProtocol: ApplicationProtocol, operation: String) {
        self.id = id
        self.start = start
        self.applicationProtocol = applicationProtocol
        self.operation = operation
        lastByte = start
    }

    /// Adds fields of the response; of those in its trailers, names that it has already do not count.
    mutating func keep(_ more: [HeaderField]) {
        let known = fields ?? []
        fields = known + more.filter { one in !known.contains { $0.side == one.side && $0.name == one.name } }
    }

    /// Since when nothing but the response is missing, or the client has sent nothing more.
    var waitsSince: Timestamp? {
        // Operations that wait by design outlast any patience.
        guard !isDecided, !isStreaming, responseStart == nil || isResponseLost else { return nil }
        return end ?? lastByte
    }

    /// Outcome and status of a response.
    ///
    /// - Parameters:
    ///   - isWhole: It has ended as it should.
    ///   - isServerGone: The server ended the connection within it.
    /// - Returns: What the protocol says.
    func verdict(isWhole: Bool, isServerGone: Bool) -> (Outcome, String?) {
        if applicationProtocol == .grpc {
            if let grpcStatus { return (GRPCStatus.outcome(grpcStatus), GRPCStatus.name(grpcStatus)) }
            if status == 200 || status == 0 {
                if isServerGone { return (.serverError, nil) }
                let isMissing = isWhole && status == 200 && content == .grpc && !hasUnknown
                return isMissing ? (GRPCStatus.outcome(2), GRPCStatus.name(2)) : (.ok, nil)
            }
        }
        return (HTTPStatus.outcome(status), status == 0 ? nil : HTTPStatus.text(status))
    }
}
