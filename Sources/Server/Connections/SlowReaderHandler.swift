// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import NIOCore

/// Closes connections whose client does not take what it asked for.
///
/// The idle time-out looks at what arrives. A client that asks for a map and then reads nothing would
/// otherwise hold the map, and its place, for ever.
final class SlowReaderHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    /// This much must have been taken of one long answer, or any whole piece.
    static let minimumProgress = 16 * 1_024

    private let period: TimeAmount
    private var check: Scheduled<Void>?
    private var waitingBytes = 0
    private var piecesTaken = 0

    /// - Parameter period: In this time something must have been taken.
    init(period: TimeAmount) { self.period = period }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { self.piecesTaken += 1 }
        context.write(data, promise: promise)
        if check == nil { watch(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
    }

    private func watch(_ context: ChannelHandlerContext) {
        waitingBytes = Self.waitingBytes(context)
        piecesTaken = 0
        check = context.eventLoop.assumeIsolated().scheduleTask(in: period) { self.look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        check = nil
        let waiting = Self.waitingBytes(context)
        guard waiting > 0 else { return }
        if piecesTaken == 0, waitingBytes - waiting < Self.minimumProgress, waitingBytes > 0 {
            return context.close(promise: nil)
        }
        watch(context)
    }

    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
