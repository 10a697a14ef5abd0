// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the name of a command tells about it.
struct RedisCommand {
    let operation: String
    let traits: CallTraits
    /// Its first argument is a part of its name.
    let isContainer: Bool
    /// Its replies come one for each channel.
    let isSubscription: Bool
    /// It turns the connection into a stream of another kind.
    let takesOver: Bool
    /// It waits by design if one of its arguments says so.
    let mayBlock: Bool

    /// What has a name that can be none, or was not captured.
    static let unknown = RedisCommand("{command}")

    init(_ name: RawSpan) {
        guard let text = Self.name(name) else {
            self = .unknown
            return
        }
        switch text {
        case "HELLO", "AUTH", "SELECT", "QUIT", "RESET", "READONLY", "READWRITE", "ASKING", "CLIENT",
            "COMMAND":
            self.init(text, .session)
        case "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BLMPOP", "BZMPOP", "WAIT",
            "WAITAOF":
            self.init(text, .streaming)
        case "XREAD", "XREADGROUP": self.init(text, mayBlock: true)
        case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE":
            self.init(text, isSubscription: true)
        case "MONITOR", "SYNC", "PSYNC": self.init(text, takesOver: true)
        case "ACL", "CLUSTER", "CONFIG", "DEBUG", "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT",
            "PUBSUB",
            "SCRIPT", "SLOWLOG", "XGROUP", "XINFO":
            self.init(text, isContainer: true)
        default: self.init(text)
        }
    }

    private init(
        _ operation: String,
        _ traits: CallTraits = [],
        isContainer: Bool = false,
        isSubscription: Bool = false,
        takesOver: Bool = false,
        mayBlock: Bool = false
    ) {
        self.operation = operation
        self.traits = traits
        self.isContainer = isContainer
        self.isSubscription = isSubscription
        self.takesOver = takesOver
        self.mayBlock = mayBlock
    }

    /// A name in upper case, or `nil` where it can be none.
    static func name(_ bytes: RawSpan) -> String? {
        guard (1...RedisLimits.name).contains(bytes.byteCount) else { return nil }
        var text = ""
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            switch byte {
            case 0x41...0x5A, 0x30...0x39, 0x2E, 0x2D, 0x5F: text.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x61...0x7A: text.unicodeScalars.append(Unicode.Scalar(byte & 0xDF))
            default: return nil
            }
        }
        return text
    }
}
