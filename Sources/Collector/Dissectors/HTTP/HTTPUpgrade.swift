// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What a connection goes on as after `101 Switching Protocols`.
enum HTTPUpgrade: BitwiseCopyable {
    case other
    case http2
    case websocket

    /// Reads the Upgrade field of the response.
    init(_ value: RawSpan) {
        if value.equalsLowercased("websocket") {
            self = .websocket
        } else if value.equalsLowercased("h2c") {
            self = .http2
        } else {
            self = .other
        }
    }
}
