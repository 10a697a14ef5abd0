// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// gRPC-Web (PROTOCOL-WEB.md of gRPC): a call is a POST, and its trailers are the last message of
/// the response's body, or in its head where it has no message.
extension HTTPDissector {
    /// Reads the messages of a response where its request is a call.
    mutating func expectCall(_ head: HTTPHead, _ direction: FlowDirection, isMatched: Bool) {
        guard isMatched, pending[0].isCall, head.content.isGRPC else {
            if self[direction].call != nil { self[direction].call = nil }
            return
        }
        var messages = GRPCMessages()
        messages.isText = head.content == .grpcWebText
        self[direction].call = messages
    }

    /// The status of the oldest request, which is a call; `nil` where none was seen.
    func callStatus(_ response: ResponseInProgress) -> UInt16? {
        response.grpcStatus ?? inspect(client.opposite, { $0.call?.webStatus })
    }

    /// A call with several messages in its response is a stream, and they are told.
    func tellMessages(_ transaction: inout Transaction, into output: inout DissectionOutput) {
        let received = inspect(client.opposite, { $0.call?.count ?? 0 })
        guard received > 1 else { return }
        transaction.isStreaming = true
        output.messages.append(.init(applicationProtocol: .grpc, direction: client))
        output.messages.append(
            .init(applicationProtocol: .grpc, direction: client.opposite, count: UInt64(received))
        )
    }
}
