// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension KafkaFormat {
    /// A request by its header: a size, a known API and version, and the name of the client.
    ///
    /// Little in it is certain, so other protocols are asked first, and a client without a name is
    /// recognized on Kafka's own ports only.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        request(evidence.bytes, isStrict: !(evidence.isExpected && evidence.isFromStart))
    }

    /// - Parameters:
    ///   - bytes: What may be a request.
    ///   - isStrict: The client must have a name.
    /// - Returns: What they tell; a request makes its sender the client.
    static func request(_ bytes: RawSpan, isStrict: Bool) -> Recognition {
        guard bytes.octet(at: 0) == 0 else { return .no }
        guard bytes.byteCount >= 4 else { return .undecided }
        let size = Int(bytes.bigEndian(Int32.self, at: 0))
        guard (10...KafkaLimits.recognizedMessage).contains(size) else { return .no }
        guard bytes.octet(at: 4) == 0, bytes.octet(at: 6) == 0 else { return .no }
        guard bytes.byteCount >= 8 else {
            return KafkaAPI.isPlausible(key: Int(bytes.octet(at: 5)), version: 0) ? .undecided : .no
        }
        let key = Int(bytes.octet(at: 5))
        let version = Int(bytes.octet(at: 7))
        guard KafkaAPI.isPlausible(key: key, version: version) else { return .no }
        guard bytes.byteCount >= 14 else { return .undecided }
        let length = Int(Int16(bitPattern: bytes.octetPair(at: 12)))
        guard length > 0 else { return isStrict || length < -1 ? .no : anonymous(bytes, key, version, size) }
        guard length <= KafkaLimits.clientID, length + 10 <= size else { return .no }
        let name = bytes.clamped(14, 14 + length)
        for offset in 0..<name.byteCount where !(0x20...0x7E).contains(name.octet(at: offset)) { return .no }
        return name.byteCount == length ? .fromClient : .undecided
    }

    /// A request of a client without a name.
    private static func anonymous(_ bytes: RawSpan, _ key: Int, _ version: Int, _ size: Int) -> Recognition {
        // The first two APIs are those that zeros look like, and no client begins with them.
        guard key > KafkaAPI.fetch, let api = KafkaAPI.known(key) else { return .no }
        guard api.isFlexible(version) else { return .fromClient }
        return bytes.byteCount < 15 ? .undecided : bytes.octet(at: 14) == 0 ? .fromClient : .no
    }
}
