// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// What a path leads to, links followed.
package enum InputKind: Sendable {
    case file
    case folder
    /// A pipe, a device, a socket: to be read once, from the front.
    case stream
    /// Nothing that can be looked at.
    case missing

    /// Looks; `-` is standard input.
    package init(path: String) {
        guard path != "-" else {
            self = .stream
            return
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            self = .missing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        default: self = .stream
        }
    }
}
