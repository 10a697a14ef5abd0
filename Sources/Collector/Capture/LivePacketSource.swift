// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CPcap
import FlowModel
import Foundation

/// Frames of a network interface, through libpcap.
///
/// Owns the libpcap handle and closes it when destroyed. To stop, stop calling `read`, which
/// returns within `CaptureLimits.pollMilliseconds`.
@safe
package struct LivePacketSource: ~Copyable, PacketSource {
    /// What a person calls it.
    package let interface: String
    /// LINKTYPE_ value of its frames.
    package let linkType: UInt32
    private let handle: OpaquePointer
    private let descriptor: Int32
    private let isNanosecond: Bool
    private var lastStatistics = pcap_stat()
    private var hasEnded = false

    package private(set) var damage = SourceDamage()

    /// Opens an interface and starts capturing.
    ///
    /// - Parameter interface: A name as `ip link` shows it, or `any`.
    /// - Throws: `CaptureError` that says what is missing: the interface, permission, or a reader
    ///   of its link type.
    package init(interface: String) throws(CaptureError) {
        try LiveInterface.check(interface)
        let handle = try unsafe LiveInterface.activate(interface)
        self.interface = interface
        unsafe self.handle = handle
        // Sound, here and below: the handle is activated and is closed by deinit only.
        descriptor = unsafe pcap_get_selectable_fd(handle)
        isNanosecond = unsafe pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO
        // DLT_ and LINKTYPE_ values are equal for every link type that is read.
        linkType = UInt32(truncatingIfNeeded: unsafe pcap_datalink(handle))
    }

    deinit { unsafe pcap_close(handle) }

    package mutating func read(
        _ body: (borrowing CapturedFrame) -> Void
    ) throws(CaptureError) -> SourceProgress {
        guard !hasEnded else { return .ended }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&request, 1, CaptureLimits.pollMilliseconds) > 0 else {
            updateStatistics()
            return .idle
        }
        var count = 0
        while count < CaptureLimits.liveBatch, try next(body) { count += 1 }
        updateStatistics()
        return count > 0 ? .delivered : .idle
    }

    /// Hands over one frame; `false` if none is there.
    private mutating func next(_ body: (borrowing CapturedFrame) -> Void) throws(CaptureError) -> Bool {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let code = unsafe pcap_next_ex(handle, &header, &data)
        guard code == 1, let header = unsafe header, let data = unsafe data else {
            guard code == 0 else {
                hasEnded = true
                throw CaptureError(
                    .interfaceFailed,
                    "capturing on \(interface) failed: \(unsafe String(cString: pcap_geterr(handle))); "
                        + "is the interface still there and up?"
                )
            }
            return false
        }
        let time = unsafe header.pointee.ts
        let fraction = isNanosecond ? Int64(time.tv_usec) : Int64(time.tv_usec) &* 1_000
        let captured = Int(unsafe header.pointee.caplen)
        // Sound: libpcap has put `caplen` bytes there and keeps them until the next call, which
        // cannot happen before `body` has returned.
        let bytes = unsafe RawSpan(_unsafeStart: data, byteCount: captured)
        body(
            CapturedFrame(
                timestamp: Timestamp(seconds: Int64(time.tv_sec), nanoseconds: fraction),
                interfaceNumber: 0,
                linkType: linkType,
                wireLength: max(captured, Int(unsafe header.pointee.len)),
                bytes: bytes
            )
        )
        return true
    }

    /// Adds what libpcap counted since the last time; its counters are 32 bits and wrap.
    private mutating func updateStatistics() {
        var statistics = pcap_stat()
        guard unsafe pcap_stats(handle, &statistics) == 0 else { return }
        damage.kernelDropped &+= UInt64(statistics.ps_drop &- lastStatistics.ps_drop)
        damage.interfaceDropped &+= UInt64(statistics.ps_ifdrop &- lastStatistics.ps_ifdrop)
        lastStatistics = statistics
    }
}
