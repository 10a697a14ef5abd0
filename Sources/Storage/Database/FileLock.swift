// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// An exclusive `flock` on a file beside the store, released when this is let go.
///
/// The file stays: removing it would let two processes lock two files of one name.
final class FileLock {
    private let handle: FileHandle

    private init(handle: FileHandle) {
        self.handle = handle
    }

    deinit {
        // Closing the descriptor releases the lock; failing to close it ends with the process.
        try? handle.close()
    }

    /// Takes the lock if it is free.
    ///
    /// - Returns: `nil` if another process, or another opening in this one, holds it.
    static func attempt(_ path: String) throws -> FileLock? {
        let url = URL(fileURLWithPath: path)
        if !FileManager.default.fileExists(atPath: path) {
            // Fails where another process was faster, which is as good; any other reason
            // comes back when the file is opened.
            try? Data().write(to: url, options: .withoutOverwriting)
        }
        let handle: FileHandle
        do {
            handle = try FileHandle(forUpdating: url)
        } catch {
            throw StorageError(
                .permission,
                "cannot use the lock file \(path); check who owns it and its folder"
            )
        }
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            try handle.close()
            return nil
        }
        return FileLock(handle: handle)
    }

    /// Takes the lock, waiting for whoever holds it.
    static func wait(_ path: String, seconds: Double) throws -> FileLock {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            if let lock = try attempt(path) { return lock }
            guard ContinuousClock.now < deadline else {
                throw StorageError(
                    .locked,
                    "another process holds \(path); try again when it has opened its store"
                )
            }
            Thread.sleep(forTimeInterval: pollSeconds)
        }
    }

    private static let pollSeconds = 0.02
}
