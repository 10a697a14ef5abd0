// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What requests of one connection are called: command and collection.
struct MongoDBOperations {
    private var recent = RecentValues(
        capacity: MongoDBLimits.operations,
        longestKey: MongoDBLimits.operation,
        nothing: ""
    )
    private var text: [UInt8] = []
    /// Hashes of the names of collections that are tailed or watched, in the order of their coming.
    private var tailed: [UInt64] = []

    /// The operation of a command, with what kind it is.
    mutating func operation(of command: MongoDBCommand?, _ bytes: RawSpan) -> (String, CallTraits) {
        guard let command else { return ("{command}", []) }
        let name = bytes.clamped(command.name)
        let collection = bytes.clamped(command.collection)
        var traits = command.traits
        if command.isTailed { tail(collection) }
        if name.equals("getMore"), isTailed(collection) { traits.insert(.streaming) }
        text.removeAll(keepingCapacity: true)
        SQLName.append(name, to: &text)
        // Of set-up no argument is told: some are names of users.
        if !traits.contains(.session), !collection.isEmpty {
            text.append(0x20)
            SQLName.append(collection, to: &text)
        }
        return (find(), traits)
    }

    /// The operation of a request that is no command.
    mutating func operation(_ name: StaticString, _ collection: RawSpan) -> String {
        text.removeAll(keepingCapacity: true)
        // Sound: the pointer is used only inside the closure.
        name.withUTF8Buffer { unsafe text.append(contentsOf: $0) }
        if !collection.isEmpty {
            text.append(0x20)
            SQLName.append(collection, to: &text)
        }
        return find()
    }

    /// Remembers that requests for more of a collection wait.
    mutating func tail(_ collection: RawSpan) {
        let key = collection.hashed
        guard !tailed.contains(key) else { return }
        if tailed.count >= MongoDBLimits.tailed { tailed.removeFirst() }
        tailed.append(key)
    }

    func isTailed(_ collection: RawSpan) -> Bool { !tailed.isEmpty && tailed.contains(collection.hashed) }

    private mutating func find() -> String {
        // Shared, not copied: what is borrowed must not lie beside what is changed.
        let key = text
        if let slot = recent.find(key.octetSpan) { return recent[slot] }
        let slot = recent.insert(key.octetSpan.text, for: key.octetSpan)
        return recent[slot]
    }
}
