// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a server says about a request: a reason code of version 5 (section 2.4), a return code of
/// CONNACK or a failed subscription of version 3.
struct MQTTReason {
    let name: String
    let outcome: Outcome

    /// - Returns: `nil` where the code is a success.
    init?(_ code: UInt8) {
        guard code >= 0x80 else { return nil }
        name = Self.name(code)
        switch code {
        // The server is at fault, or does not say.
        case 0x80, 0x83, 0x88, 0x89, 0x8B, 0x8D, 0x8E, 0x91, 0x97, 0x9C, 0x9D, 0x9F, 0xA0:
            outcome = .serverError
        default: outcome = .clientError
        }
    }

    /// The return code of a CONNACK of version 3 (section 3.2.2.3).
    init?(connack3 code: UInt8) {
        switch code {
        case 0: return nil
        case 1: self.init(0x84)
        case 2: self.init(0x85)
        case 3: self.init(0x88)
        case 4: self.init(0x86)
        case 5: self.init(0x87)
        default: self.init(max(code, 0x80))
        }
    }

    private static func name(_ code: UInt8) -> String {
        switch code {
        case 0x80: "Unspecified error"
        case 0x81: "Malformed packet"
        case 0x82: "Protocol error"
        case 0x83: "Implementation specific error"
        case 0x84: "Unsupported protocol version"
        case 0x85: "Client identifier not valid"
        case 0x86: "Bad user name or password"
        case 0x87: "Not authorized"
        case 0x88: "Server unavailable"
        case 0x89: "Server busy"
        case 0x8A: "Banned"
        case 0x8B: "Server shutting down"
        case 0x8C: "Bad authentication method"
        case 0x8D: "Keep alive timeout"
        case 0x8E: "Session taken over"
        case 0x8F: "Topic filter invalid"
        case 0x90: "Topic name invalid"
        case 0x91: "Packet identifier in use"
        case 0x92: "Packet identifier not found"
        case 0x93: "Receive maximum exceeded"
        case 0x94: "Topic alias invalid"
        case 0x95: "Packet too large"
        case 0x96: "Message rate too high"
        case 0x97: "Quota exceeded"
        case 0x98: "Administrative action"
        case 0x99: "Payload format invalid"
        case 0x9A: "Retain not supported"
        case 0x9B: "QoS not supported"
        case 0x9C: "Use another server"
        case 0x9D: "Server moved"
        case 0x9E: "Shared subscriptions not supported"
        case 0x9F: "Connection rate exceeded"
        case 0xA0: "Maximum connect time"
        case 0xA1: "Subscription identifiers not supported"
        case 0xA2: "Wildcard subscriptions not supported"
        default: "Reason \(code)"
        }
    }
}
