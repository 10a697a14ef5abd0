// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A kind of request that brokers answer.
///
/// The table is that of the message definitions of Apache Kafka 4.2 together with those that older
/// brokers had.
struct KafkaAPI: Sendable {
    let name: String
    let newestVersion: Int
    /// The first version with compact lengths and tagged fields (KIP-482).
    private let flexibleSince: Int?
    /// Where its responses tell errors.
    let response: KafkaLayout
    let traits: CallTraits

    private init(_ name: String, _ newestVersion: Int, _ flexibleSince: Int?) {
        self.name = name
        self.newestVersion = newestVersion
        self.flexibleSince = flexibleSince
        response = KafkaLayout(Self.responseWords(name))
        traits =
            switch name {
            // What waits for records, or for the other members of a group.
            case "Fetch", "JoinGroup", "SyncGroup", "ShareFetch": .streaming
            case "SaslHandshake", "ApiVersions", "SaslAuthenticate": .session
            default: []
            }
    }

    func isFlexible(_ version: Int) -> Bool { flexibleSince.map { version >= $0 } ?? false }

    static func known(_ key: Int) -> KafkaAPI? { all.indices.contains(key) ? all[key] : nil }

    /// The bytes 6 and 7 of a request may be a version of the API in bytes 4 and 5.
    static func isPlausible(key: Int, version: Int) -> Bool {
        guard let api = known(key) else { return false }
        return (0...api.newestVersion + KafkaLimits.futureVersions).contains(version)
    }

    static let produce = 0
    static let fetch = 1
    static let metadata = 3
    static let controlledShutdown = 7
    static let saslHandshake = 17
    static let apiVersions = 18

    /// By key.
    private static let all: [KafkaAPI] = [
        .init("Produce", 13, 9),
        .init("Fetch", 18, 12),
        .init("ListOffsets", 11, 6),
        .init("Metadata", 13, 9),
        .init("LeaderAndIsr", 7, 4),
        .init("StopReplica", 4, 2),
        .init("UpdateMetadata", 8, 6),
        .init("ControlledShutdown", 3, 3),
        .init("OffsetCommit", 10, 8),
        .init("OffsetFetch", 10, 6),
        .init("FindCoordinator", 6, 3),
        .init("JoinGroup", 9, 6),
        .init("Heartbeat", 4, 4),
        .init("LeaveGroup", 5, 4),
        .init("SyncGroup", 5, 4),
        .init("DescribeGroups", 6, 5),
        .init("ListGroups", 5, 3),
        .init("SaslHandshake", 1, nil),
        .init("ApiVersions", 4, 3),
        .init("CreateTopics", 7, 5),
        .init("DeleteTopics", 6, 4),
        .init("DeleteRecords", 2, 2),
        .init("InitProducerId", 6, 2),
        .init("OffsetForLeaderEpoch", 4, 4),
        .init("AddPartitionsToTxn", 5, 3),
        .init("AddOffsetsToTxn", 4, 3),
        .init("EndTxn", 5, 3),
        .init("WriteTxnMarkers", 2, 1),
        .init("TxnOffsetCommit", 5, 3),
        .init("DescribeAcls", 3, 2),
        .init("CreateAcls", 3, 2),
        .init("DeleteAcls", 3, 2),
        .init("DescribeConfigs", 4, 4),
        .init("AlterConfigs", 2, 2),
        .init("AlterReplicaLogDirs", 2, 2),
        .init("DescribeLogDirs", 5, 2),
        .init("SaslAuthenticate", 2, 2),
        .init("CreatePartitions", 3, 2),
        .init("CreateDelegationToken", 3, 2),
        .init("RenewDelegationToken", 2, 2),
        .init("ExpireDelegationToken", 2, 2),
        .init("DescribeDelegationToken", 3, 2),
        .init("DeleteGroups", 2, 2),
        .init("ElectLeaders", 2, 2),
        .init("IncrementalAlterConfigs", 1, 1),
        .init("AlterPartitionReassignments", 1, 0),
        .init("ListPartitionReassignments", 0, 0),
        .init("OffsetDelete", 0, nil),
        .init("DescribeClientQuotas", 1, 1),
        .init("AlterClientQuotas", 1, 1),
        .init("DescribeUserScramCredentials", 0, 0),
        .init("AlterUserScramCredentials", 0, 0),
        .init("Vote", 2, 0),
        .init("BeginQuorumEpoch", 1, 1),
        .init("EndQuorumEpoch", 1, 1),
        .init("DescribeQuorum", 2, 0),
        .init("AlterPartition", 3, 0),
        .init("UpdateFeatures", 2, 0),
        .init("Envelope", 0, 0),
        .init("FetchSnapshot", 1, 0),
        .init("DescribeCluster", 2, 0),
        .init("DescribeProducers", 0, 0),
        .init("BrokerRegistration", 4, 0),
        .init("BrokerHeartbeat", 2, 0),
        .init("UnregisterBroker", 0, 0),
        .init("DescribeTransactions", 0, 0),
        .init("ListTransactions", 2, 0),
        .init("AllocateProducerIds", 0, 0),
        .init("ConsumerGroupHeartbeat", 1, 0),
        .init("ConsumerGroupDescribe", 1, 0),
        .init("ControllerRegistration", 0, 0),
        .init("GetTelemetrySubscriptions", 0, 0),
        .init("PushTelemetry", 0, 0),
        .init("AssignReplicasToDirs", 0, 0),
        .init("ListConfigResources", 1, 0),
        .init("DescribeTopicPartitions", 0, 0),
        .init("ShareGroupHeartbeat", 1, 0),
        .init("ShareGroupDescribe", 1, 0),
        .init("ShareFetch", 2, 0),
        .init("ShareAcknowledge", 2, 0),
        .init("AddRaftVoter", 1, 0),
        .init("RemoveRaftVoter", 0, 0),
        .init("UpdateRaftVoter", 0, 0),
        .init("InitializeShareGroupState", 0, 0),
        .init("ReadShareGroupState", 0, 0),
        .init("WriteShareGroupState", 1, 0),
        .init("DeleteShareGroupState", 0, 0),
        .init("ReadShareGroupStateSummary", 1, 0),
        .init("StreamsGroupHeartbeat", 0, 0),
        .init("StreamsGroupDescribe", 0, 0),
        .init("DescribeShareGroupOffsets", 1, 0),
        .init("AlterShareGroupOffsets", 0, 0),
        .init("DeleteShareGroupOffsets", 0, 0),
    ]
}
