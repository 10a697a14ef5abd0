// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Something that yields frames until it ends: a capture file, a stream or an interface.
package protocol PacketSource: ~Copyable {
    /// Hands the next frame to a closure, which must not keep its bytes.
    ///
    /// - Returns: `false` at the end of input.
    /// - Throws: `CaptureError` where nothing more can be read; what was handed over before stays valid.
    mutating func next(_ body: (borrowing CapturedFrame) -> Void) throws(CaptureError) -> Bool

    /// What was lost so far at the source: kernel drops, damaged records.
    var damage: SourceDamage { get }
}

/// Losses a source counts.
package struct SourceDamage: Equatable, Sendable, BitwiseCopyable {
    /// Places where the file could not be read on; 0 or 1 for classic pcap.
    package var damagedRecords: UInt64 = 0
    /// A last record that the end of the file cut short, as a killed writer leaves it: normal.
    package var isLastRecordCut = false
    package var kernelDropped: UInt64 = 0
    package var interfaceDropped: UInt64 = 0

    package init() {}
}
