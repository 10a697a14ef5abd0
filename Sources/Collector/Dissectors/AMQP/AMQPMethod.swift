// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A method of AMQP 0-9-1 with the extensions that RabbitMQ added.
struct AMQPMethod {
    enum Kind: Equatable {
        /// Of the client, answered by the server.
        case request(reply: UInt16)
        /// Of the client, with content behind it.
        case publish
        /// Of the client, answered by nothing.
        case notice
        /// Of the server, answers a request of this method.
        case reply(to: UInt16)
        /// Of the server, answers a request and has content behind it.
        case content(of: UInt16)
        /// Of the server, with content behind it, and answers nothing.
        case delivery
        /// Of the server: what was published has arrived.
        case confirm
        /// Of either side: the channel or the connection ends.
        case close
        /// Of the server, about the connection.
        case service
    }

    let name: StaticString
    let kind: Kind
    var traits: CallTraits = []
    /// Short strings of its arguments, the first of which names what it is about.
    var texts = 0
    /// The bits behind them that ask for no answer.
    var noWait: UInt8 = 0

    /// Number of class and method in one.
    static func id(_ classID: UInt16, _ method: UInt16) -> UInt32 { UInt32(classID) << 16 | UInt32(method) }

    static let connectionClose = id(10, 50)
    static let channelClose = id(20, 40)
    static let confirmSelect = id(85, 10)

    init?(_ id: UInt32) {
        guard let found = Self.connection(id) ?? Self.resource(id) ?? Self.basic(id) else { return nil }
        self = found
    }

    private init(
        _ name: StaticString,
        _ kind: Kind,
        _ traits: CallTraits = [],
        texts: Int = 0,
        noWait: UInt8 = 0
    ) {
        self.name = name
        self.kind = kind
        self.traits = traits
        self.texts = texts
        self.noWait = noWait
    }

    private static func connection(_ id: UInt32) -> AMQPMethod? {
        switch (id >> 16, id & 0xFFFF) {
        case (10, 10): .init("Connection.Start", .service)
        case (10, 11): .init("Connection.StartOk", .request(reply: 30), .session)
        case (10, 20): .init("Connection.Secure", .reply(to: 11))
        case (10, 21): .init("Connection.SecureOk", .request(reply: 30), .session)
        case (10, 30): .init("Connection.Tune", .reply(to: 11))
        case (10, 31): .init("Connection.TuneOk", .notice)
        case (10, 40): .init("Connection.Open", .request(reply: 41), .session)
        case (10, 41): .init("Connection.OpenOk", .reply(to: 40))
        case (10, 50): .init("Connection.Close", .close, .session)
        case (10, 51): .init("Connection.CloseOk", .reply(to: 50))
        case (10, 60): .init("Connection.Blocked", .service)
        case (10, 61): .init("Connection.Unblocked", .service)
        case (10, 70): .init("Connection.UpdateSecret", .request(reply: 71), .session)
        case (10, 71): .init("Connection.UpdateSecretOk", .reply(to: 70))
        case (20, 10): .init("Channel.Open", .request(reply: 11), .session)
        case (20, 11): .init("Channel.OpenOk", .reply(to: 10))
        case (20, 20): .init("Channel.Flow", .request(reply: 21), .session)
        case (20, 21): .init("Channel.FlowOk", .reply(to: 20))
        case (20, 40): .init("Channel.Close", .close, .session)
        case (20, 41): .init("Channel.CloseOk", .reply(to: 40))
        case (85, 10): .init("Confirm.Select", .request(reply: 11), .session, noWait: 1)
        case (85, 11): .init("Confirm.SelectOk", .reply(to: 10))
        default: nil
        }
    }

    private static func resource(_ id: UInt32) -> AMQPMethod? {
        switch (id >> 16, id & 0xFFFF) {
        case (40, 10): .init("Exchange.Declare", .request(reply: 11), texts: 2, noWait: 0x10)
        case (40, 11): .init("Exchange.DeclareOk", .reply(to: 10))
        case (40, 20): .init("Exchange.Delete", .request(reply: 21), texts: 1, noWait: 2)
        case (40, 21): .init("Exchange.DeleteOk", .reply(to: 20))
        case (40, 30): .init("Exchange.Bind", .request(reply: 31), texts: 3, noWait: 1)
        case (40, 31): .init("Exchange.BindOk", .reply(to: 30))
        case (40, 40): .init("Exchange.Unbind", .request(reply: 51), texts: 3, noWait: 1)
        case (40, 51): .init("Exchange.UnbindOk", .reply(to: 40))
        case (50, 10): .init("Queue.Declare", .request(reply: 11), texts: 1, noWait: 0x10)
        case (50, 11): .init("Queue.DeclareOk", .reply(to: 10))
        case (50, 20): .init("Queue.Bind", .request(reply: 21), texts: 3, noWait: 1)
        case (50, 21): .init("Queue.BindOk", .reply(to: 20))
        case (50, 30): .init("Queue.Purge", .request(reply: 31), texts: 1, noWait: 1)
        case (50, 31): .init("Queue.PurgeOk", .reply(to: 30))
        case (50, 40): .init("Queue.Delete", .request(reply: 41), texts: 1, noWait: 4)
        case (50, 41): .init("Queue.DeleteOk", .reply(to: 40))
        case (50, 50): .init("Queue.Unbind", .request(reply: 51), texts: 3)
        case (50, 51): .init("Queue.UnbindOk", .reply(to: 50))
        case (90, 10): .init("Tx.Select", .request(reply: 11), .session)
        case (90, 11): .init("Tx.SelectOk", .reply(to: 10))
        case (90, 20): .init("Tx.Commit", .request(reply: 21))
        case (90, 21): .init("Tx.CommitOk", .reply(to: 20))
        case (90, 30): .init("Tx.Rollback", .request(reply: 31))
        case (90, 31): .init("Tx.RollbackOk", .reply(to: 30))
        default: nil
        }
    }

    private static func basic(_ id: UInt32) -> AMQPMethod? {
        switch (id >> 16, id & 0xFFFF) {
        case (60, 10): .init("Basic.Qos", .request(reply: 11), .session)
        case (60, 11): .init("Basic.QosOk", .reply(to: 10))
        case (60, 20): .init("Basic.Consume", .request(reply: 21), texts: 2, noWait: 8)
        case (60, 21): .init("Basic.ConsumeOk", .reply(to: 20))
        case (60, 30): .init("Basic.Cancel", .request(reply: 31))
        case (60, 31): .init("Basic.CancelOk", .reply(to: 30))
        case (60, 40): .init("Basic.Publish", .publish, texts: 2)
        case (60, 50): .init("Basic.Return", .delivery)
        case (60, 60): .init("Basic.Deliver", .delivery)
        case (60, 70): .init("Basic.Get", .request(reply: 71), texts: 1)
        case (60, 71): .init("Basic.GetOk", .content(of: 70))
        case (60, 72): .init("Basic.GetEmpty", .reply(to: 70))
        // A consumer to its broker; as a confirmation it comes from the broker.
        case (60, 80): .init("Basic.Ack", .confirm)
        case (60, 90): .init("Basic.Reject", .notice)
        case (60, 100): .init("Basic.RecoverAsync", .notice)
        case (60, 110): .init("Basic.Recover", .request(reply: 111))
        case (60, 111): .init("Basic.RecoverOk", .reply(to: 110))
        case (60, 120): .init("Basic.Nack", .confirm)
        default: nil
        }
    }
}

/// One of a channel's frames.
struct AMQPFrame: BitwiseCopyable {
    /// Type, channel and size in front, one octet behind.
    static let overhead = 8
    static let headerLength = 7
    static let end: UInt8 = 0xCE

    enum Kind: UInt8 {
        case method = 1
        case header = 2
        case body = 3
        case heartbeat = 8
    }

    let kind: Kind
    let channel: UInt16
    let size: Int

    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.headerLength, let kind = Kind(rawValue: bytes.octet(at: 0)) else {
            return nil
        }
        self.kind = kind
        channel = bytes.octetPair(at: 1)
        size = Int(bytes.bigEndian(UInt32.self, at: 3))
        guard size <= AMQPLimits.frame, kind != .method || size >= 4, kind != .header || size >= 14,
            kind != .heartbeat || size == 0
        else { return nil }
    }
}
