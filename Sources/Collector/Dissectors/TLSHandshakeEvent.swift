// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// One thing that happened to a TLS handshake.
///
/// An attempt belongs to the window of its verdict, as an attempt to connect does: so both are
/// told with the instant of the verdict, and no window has more failures than attempts. One that
/// came to nothing is told when its connection ends.
package struct TLSHandshakeEvent: Equatable, Sendable {
    /// What happened.
    package enum Step: Equatable, Sendable {
        case attempted
        /// From the first byte of the ClientHello, in nanoseconds.
        case completed(nanoseconds: Int64, isResumed: Bool)
        /// The name of the alert's description (RFC 8446 section 6); `encrypted_alert` where it
        /// could not be read.
        case failed(alert: String)
    }

    package let step: Step
    /// Decides the window.
    package let at: Timestamp
    /// What the server chose; `nil` if that was not seen.
    ///
    /// Windows do not keep it.
    package let version: TLSVersion?
    /// The application protocol (ALPN) that the server chose.
    ///
    /// Where the choice is encrypted, the only one that was offered. Windows do not keep it.
    package let nextProtocol: String?

    package init(_ step: Step, at: Timestamp, version: TLSVersion? = nil, nextProtocol: String? = nil) {
        self.step = step
        self.at = at
        self.version = version
        self.nextProtocol = nextProtocol
    }
}
