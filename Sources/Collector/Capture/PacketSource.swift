// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Something that yields frames until it ends: a capture file, a stream or an interface.
///
/// ```swift
/// loop: while !isStopping {
///     switch try source.read({ engine.account($0) }) {
///     case .delivered, .idle: continue
///     case .ended: break loop
///     }
/// }
/// ```
package protocol PacketSource: ~Copyable {
    /// Hands over the frames that are there, in the order of capture.
    ///
    /// Frames come in batches, so that what a call costs is shared by many, and a call returns
    /// within `CaptureLimits.pollMilliseconds` even if nothing arrives, so that a stop or the
    /// end of a window is never far away.
    ///
    /// - Parameter body: Receives each frame and must not keep its bytes.
    /// - Returns: Whether frames were handed over, none was there for now, or none will come.
    /// - Throws: `CaptureError` where nothing more can be read; what was handed over before,
    ///   also in the same call, stays valid, and further calls return `ended`.
    mutating func read(_ body: (borrowing CapturedFrame) -> Void) throws(CaptureError) -> SourceProgress

    /// What was lost so far at the source: kernel drops, damaged records.
    var damage: SourceDamage { get }
}

/// What a call to a source came to.
package enum SourceProgress: Sendable, Equatable {
    case delivered
    /// A stream or an interface had nothing for now.
    case idle
    case ended
}

/// Losses a source counts.
package struct SourceDamage: Equatable, Sendable, BitwiseCopyable {
    /// Places where the file could not be read: records that were skipped, and the one, if any,
    /// after which nothing could be.
    package var damagedRecords: UInt64 = 0
    /// Bytes that were passed over to find the next sound record behind them.
    package var skippedBytes: UInt64 = 0
    /// Where the first of them is; bytes of the decompressed content for compressed files.
    package var firstDamageOffset: UInt64?
    /// A last record that the end of the file cut short, as a killed writer leaves it: normal.
    package var isLastRecordCut = false
    /// Frames that the kernel dropped before capture, as libpcap or a pcapng file tells.
    package var kernelDropped: UInt64 = 0
    /// Frames that the interface dropped.
    package var interfaceDropped: UInt64 = 0
    /// Names of addresses that were more than are kept between two calls.
    package var droppedNames: UInt64 = 0

    package init() {}

    /// Counts one damaged place.
    mutating func addDamage(at offset: UInt64) {
        damagedRecords &+= 1
        if firstDamageOffset == nil { firstDamageOffset = offset }
    }
}
