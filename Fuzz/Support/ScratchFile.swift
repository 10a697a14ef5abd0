// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// The input as a regular file without a name, written anew each time: readers take a path.
enum ScratchFile {
    private static let descriptor: CInt = {
        var name = Array("/dev/shm/svcmap-fuzz-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&name)
        require(descriptor >= 0, "cannot make a file in /dev/shm")
        _ = unsafe unlink(name)
        return descriptor
    }()

    /// Where to open it.
    static var path: String { "/proc/self/fd/\(descriptor)" }

    /// Gives it new content.
    static func write(_ start: UnsafeRawPointer?, _ count: Int) {
        // Sound: the callers pass the pointer with the length that libFuzzer gave with it.
        let isWritten = unsafe ftruncate(descriptor, 0) == 0 && pwrite(descriptor, start, count, 0) == count
        require(isWritten, "cannot write the input's file")
    }
}
