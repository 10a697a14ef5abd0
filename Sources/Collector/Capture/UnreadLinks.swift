// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Frames of link types that are not read.
package struct UnreadLinks: Sendable {
    /// Link types told apart, the first that came; a file can name any number.
    private static let maximumTypes = 3

    package private(set) var frames: UInt64 = 0
    private var types: [UInt32] = []
    private var hasMoreTypes = false

    init() {}

    /// Counts a frame.
    mutating func note(_ type: UInt32) {
        frames &+= 1
        guard !types.contains(type) else { return }
        if types.count < Self.maximumTypes {
            types.append(type)
        } else {
            hasMoreTypes = true
        }
    }

    /// The refusal of a capture that has no other frames.
    ///
    /// - Parameter name: What a person calls the capture.
    /// - Returns: An error that names the link types.
    package func refusal(of name: String) -> CaptureError {
        let listed = types.sorted().map(LinkType.describeUnread) + (hasMoreTypes ? ["others"] : [])
        let subject = listed.count == 1 ? "link type \(listed[0]) is" : "link types \(Self.list(listed)) are"
        return CaptureError(
            .unsupported,
            "\(name): \(subject) not read, only \(Self.readTypes); capture on `any` or an Ethernet interface"
        )
    }

    /// The refusal of an interface.
    static func refusal(ofInterface name: String, type: UInt32) -> CaptureError {
        CaptureError(
            .unsupported,
            "cannot capture on \(name): link type \(LinkType.describeUnread(type)) is not read, only "
                + "\(readTypes); name another interface, or `any`"
        )
    }

    private static let readTypes = "Ethernet, Linux cooked, IP, PPP and loopback"

    private static func list(_ words: [String]) -> String {
        guard let last = words.last else { return "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
