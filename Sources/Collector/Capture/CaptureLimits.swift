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
    /// Bytes of a block that a search behind damage waits for.
    static let maximumSearchedBlockLength = 1 << 20
    /// Bytes behind damage in which the next sound record is looked for.
    package static let maximumSearch: UInt64 = 1 << 30
    /// Interfaces described in one section of a pcapng file.
    package static let maximumInterfaces = 65_536

    /// Names of addresses that a file gives between two calls, as many as a window has.
    package static let maximumNames = 4_096

    /// How far back in time a frame of a file may be to be put in its place; one that is further
    /// back is handed over as it comes, and the engine counts it as a step of the clock.
    package static let reorderNanoseconds: Int64 = 1_000_000_000
    /// Bytes of the input that are held back for that at most.
    package static let reorderBytes = bufferLength
    /// Bytes that are held back in a file that was in order so far: so few that it costs nothing.
    package static let usualHoldBytes = 64 << 10
    /// The same where clocks of interfaces differ and are put right.
    package static let alignedHoldBytes = 64 << 20

    /// Bytes at the beginning of a file in which clocks are compared.
    static let surveyBytes: UInt64 = 256 << 20
    /// SYN and SYN/ACK packets that are remembered for it.
    static let surveyPackets = 65_536
    /// Interfaces at which one of them is.
    static let surveySightings = 8
    /// Clocks that differ by more are left as they are: what lies between the two times of a
    /// packet would have to be held.
    static let alignmentNanoseconds: Int64 = 60_000_000_000

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
