// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Lines for a person, on standard error; data alone goes to standard output.
enum Console {
    /// Whether a person is watching, so that progress is welcome.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func error(_ message: String) {
        write("svcmap: \(message)")
    }

    static func note(_ message: String) {
        write("svcmap: \(message)")
    }

    /// Writes a line as it is, but for control characters.
    ///
    /// Names from captures may be in it, so control characters other than line ends are shown,
    /// not sent: a terminal obeys them.
    static func write(_ text: String) {
        FileHandle.standardError.write(Data((printable(text) + "\n").utf8))
    }

    /// Columns of the terminal; what is usual where it does not say.
    static var width: Int {
        var size = winsize()
        // Sound: the request writes one `winsize`, which is what it is given.
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Replaces the current line of a terminal.
    static func progress(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + printable(text)).utf8))
    }

    static func clearProgress() {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }

    /// The text with control and bidirectional formatting characters escaped.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isUnsafe(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
