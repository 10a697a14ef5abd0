// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds on what a source holds and waits for.
package enum CaptureLimits {
    /// Bytes read at once: the size of the buffer that frames are handed out of, and of that for
    /// compressed bytes.
    package static let bufferLength = 1 << 20
    /// Captured bytes of one frame in a classic file: what tcpdump and Wireshark use at most,
    /// four times the longest IP datagram.
    package static let maximumFrameLength = 262_144
    /// Bytes of one pcapng block; Wireshark refuses longer ones too.
    ///
    /// The buffer grows to this and no further.
    package static let maximumBlockLength = 16 << 20
    /// Interfaces described in one section of a pcapng file.
    package static let maximumInterfaces = 65_536

    /// How long a source waits for input before it says that there is none for now.
    package static let pollMilliseconds: Int32 = 250
    /// Frames that a live source hands over in one call, at most.
    static let liveBatch = 4_096
    /// Captured bytes of one frame of an interface.
    static let liveSnapLength: Int32 = 262_144
    /// The kernel's buffer for an interface: a second at 1 Gbit/s is 125 MB, but drops are
    /// counted and memory of the node is not ours.
    static let liveBufferBytes: Int32 = 32 << 20
    /// How long the kernel may hold back a block that is not full.
    static let liveBlockMilliseconds: Int32 = 100

    /// Frames at the beginning of a capture that make its identity.
    package static let identityFrames = 32
    /// Bytes in which they are looked for at first; then in twice as many, and so on.
    static let identityPrefix = 64 << 10
    /// Polls without input after which a stream's identity is made of fewer frames.
    static let identityPatience = 8
}
