// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// A file descriptor that is read from: a file, a pipe or standard input.
///
/// Owns the descriptor, except standard input's, and closes it when destroyed.
struct InputFile: ~Copyable {
    /// What a person calls it.
    let name: String
    /// Neither a pipe nor a terminal: reading never waits, and the length is known.
    let isRegular: Bool
    let length: UInt64
    private let descriptor: Int32
    private let isOwned: Bool

    deinit {
        if isOwned { close(descriptor) }
    }

    /// Opens a file, or standard input for `-`.
    init(path: String) throws(CaptureError) {
        guard path != "-" else {
            guard isatty(STDIN_FILENO) == 0 else {
                throw CaptureError(
                    .notReadable,
                    "standard input is a terminal; pipe a capture into it, as in `tcpdump -w - | svcmap import -`"
                )
            }
            // Always taken as a stream, even if a file was redirected into it.
            self.init(
                name: "standard input",
                isRegular: false,
                length: 0,
                descriptor: STDIN_FILENO,
                isOwned: false
            )
            return
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.openError(path, errno) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        if isKnown, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw CaptureError(.notReadable, "\(path) is a directory; name the capture files in it")
        }
        let isRegular = isKnown && status.st_mode & S_IFMT == S_IFREG
        self.init(
            name: path,
            isRegular: isRegular,
            length: isRegular ? UInt64(clamping: status.st_size) : 0,
            descriptor: descriptor,
            isOwned: true
        )
    }

    private init(name: String, isRegular: Bool, length: UInt64, descriptor: Int32, isOwned: Bool) {
        self.name = name
        self.isRegular = isRegular
        self.length = length
        self.descriptor = descriptor
        self.isOwned = isOwned
    }

    private static func openError(_ path: String, _ code: Int32) -> CaptureError {
        switch code {
        case ENOENT, ENOTDIR:
            CaptureError(.notFound, "\(path): no such file; check the path")
        case EACCES, EPERM:
            CaptureError(.notReadable, "\(path): permission denied; check who may read it, or use sudo")
        default:
            CaptureError(.notReadable, "\(path): cannot be opened (\(text(code)))")
        }
    }

    static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

    // MARK: - Reading

    /// Waits until there is something to read, or the end; `false` if not within the time.
    func isReadable(withinMilliseconds timeout: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A signal ends the wait early, which is as good as a timeout. Anything else that poll
        // reports (hang-up, error) is for read to tell.
        return unsafe poll(&request, 1, timeout) > 0
    }

    /// Reads some bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
        while true {
            // Sound: pointer and count are of one buffer that the caller owns.
            let count = unsafe Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            let code = errno
            guard code == EINTR else { throw readError(code) }
        }
    }

    func readError(_ code: Int32) -> CaptureError {
        CaptureError(.notReadable, "\(name): reading failed (\(Self.text(code)))")
    }

    /// Another descriptor of the same open file, which goes on where this one is.
    func duplicate() -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    /// Waits a moment for a file that ended to grow.
    ///
    /// - Throws: `CaptureError` where it has become shorter than what was read of it.
    func awaitGrowth(beyond offset: UInt64) throws(CaptureError) {
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, UInt64(clamping: status.st_size) < offset {
            throw CaptureError(
                .damaged,
                "\(name): became shorter while it was followed; what was read before is kept. "
                    + "Import it again if it begins anew"
            )
        }
        // Waits for nothing but the time to pass.
        _ = poll(nil, 0, CaptureLimits.pollMilliseconds)
    }
}
