// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CPcap
import Foundation

/// The opening of interfaces, and the words for what can go wrong with it.
enum LiveInterface {
    /// The pseudo-interface that sees all others.
    static let any = "any"

    /// Refuses an interface that does not exist, before permission is asked for.
    static func check(_ name: String) throws(CaptureError) {
        guard name != any, unsafe if_nametoindex(name) == 0 else { return }
        throw missing(name)
    }

    private static func missing(_ name: String) -> CaptureError {
        let names = ([any] + names()).joined(separator: ", ")
        return CaptureError(.noSuchInterface, "no interface is called \(name); there are: \(names)")
    }

    /// The interfaces of this machine, sorted.
    private static func names() -> [String] {
        guard let list = unsafe if_nameindex() else { return [] }
        defer { unsafe if_freenameindex(list) }
        var names: [String] = []
        var entry = unsafe list
        // Sound: the list ends with an entry whose index is 0 and whose name is null.
        while unsafe entry.pointee.if_index != 0, let name = unsafe entry.pointee.if_name {
            names.append(unsafe String(cString: name))
            unsafe entry += 1
        }
        return names.sorted()
    }

    /// Opens a handle that does not block.
    static func activate(_ name: String) throws(CaptureError) -> OpaquePointer {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = unsafe pcap_create(name, &message) else {
            throw CaptureError(.interfaceFailed, "cannot capture on \(name): \(text(message))")
        }
        unsafe pcap_set_snaplen(handle, CaptureLimits.liveSnapLength)
        unsafe pcap_set_buffer_size(handle, CaptureLimits.liveBufferBytes)
        unsafe pcap_set_timeout(handle, CaptureLimits.liveBlockMilliseconds)
        // Refused where the kernel has no nanoseconds, which leaves microseconds.
        unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let code = unsafe pcap_activate(handle)
        guard code >= 0 else {
            let detail = unsafe String(cString: pcap_geterr(handle))
            unsafe pcap_close(handle)
            throw refused(name, code, detail)
        }
        // SLL2 names the interface of each frame; where it is missing SLL remains.
        if name == any { unsafe pcap_set_datalink(handle, DLT_LINUX_SLL2) }
        let type = UInt32(truncatingIfNeeded: unsafe pcap_datalink(handle))
        guard LinkType.isRead(type) else {
            unsafe pcap_close(handle)
            throw UnreadLinks.refusal(ofInterface: name, type: type)
        }
        guard unsafe pcap_setnonblock(handle, 1, &message) == 0 else {
            unsafe pcap_close(handle)
            throw CaptureError(.interfaceFailed, "cannot capture on \(name): \(text(message))")
        }
        return unsafe handle
    }

    private static func refused(_ name: String, _ code: Int32, _ detail: String) -> CaptureError {
        switch code {
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            let program = ownPath() ?? "svcmap"
            return CaptureError(
                .permissionDenied,
                "cannot capture on \(name): it needs CAP_NET_RAW; run as root, or once "
                    + "`sudo setcap cap_net_raw+ep \(program)`"
            )
        case PCAP_ERROR_NO_SUCH_DEVICE:
            return missing(name)
        case PCAP_ERROR_IFACE_NOT_UP:
            return CaptureError(
                .interfaceFailed,
                "cannot capture on \(name): the interface is down; `sudo ip link set \(name) up`"
            )
        default:
            let reason = detail.isEmpty ? unsafe String(cString: pcap_statustostr(code)) : detail
            return CaptureError(.interfaceFailed, "cannot capture on \(name): \(reason)")
        }
    }

    private static func ownPath() -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
