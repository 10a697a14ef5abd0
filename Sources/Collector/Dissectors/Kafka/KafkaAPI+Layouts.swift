// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension KafkaAPI {
    /// The fields of responses up to the last error code, as `KafkaLayout` writes them.
    static func responseWords(_ name: String) -> String {
        switch name {
        case "Produce":
            "[ 0-12:s 13+:i16 [ i4 e i8 2+:i8 5+:i8 8+:[ i4 s ] 8+:s ] ]"
        case "Fetch":
            "1+:i4 7+:e 7+:i4 [ 0-12:s 13+:i16 [ i4 e i8 4+:i8 5+:i8 4+:[ i8 i8 ] 11+:i4 b ] ]"
        case "ListOffsets":
            "2+:i4 [ s [ i4 e 0-0:(i8) 1+:i8 1+:i8 4+:i4 ] ]"
        case "Metadata":
            "3+:i4 [ i4 s i4 1+:s ] 2+:s 1+:i4 [ e t 10+:u 1+:i1 [ e i4 i4 7+:i4 (i4) (i4) "
                + "5+:(i4) ] 8+:i4 ] 8-10:i4 13+:e"
        case "LeaderAndIsr", "StopReplica", "UpdateMetadata", "ControlledShutdown", "SaslHandshake",
            "ApiVersions", "SaslAuthenticate", "CreateDelegationToken", "RenewDelegationToken",
            "ExpireDelegationToken", "DescribeDelegationToken", "Vote", "BeginQuorumEpoch", "EndQuorumEpoch",
            "DescribeQuorum":
            "e"
        case "OffsetCommit":
            "3+:i4 [ 0-9:s 10+:i16 [ i4 e ] ]"
        case "OffsetFetch":
            "3+:i4 0-7:[ s [ i4 i8 5+:i4 s e ] ] 2-7:e 8+:[ s [ 0-9:s 10+:i16 [ i4 i8 i4 s e " + "] ] e ]"
        case "FindCoordinator":
            "1+:i4 0-3:e 4+:[ s i4 s i4 e s ]"
        case "JoinGroup":
            "2+:i4 e"
        case "Heartbeat", "SyncGroup", "ListGroups":
            "1+:i4 e"
        case "LeaveGroup":
            "1+:i4 e 3+:[ s s e ]"
        case "DescribeGroups":
            "1+:i4 [ e ."
        case "CreateTopics":
            "2+:i4 [ s 7+:i16 e 1+:s 5+:i4 5+:i2 5+:[ s s i1 i1 i1 ] ]"
        case "DeleteTopics":
            "1+:i4 [ s 6+:i16 e 5+:s ]"
        case "DeleteRecords":
            "i4 [ s [ i4 i8 e ] ]"
        case "OffsetForLeaderEpoch":
            "2+:i4 [ s [ e i4 1+:i4 i8 ] ]"
        case "AddPartitionsToTxn":
            "i4 0-3:[ s [ i4 e ] ] 4+:e 4+:[ s [ s [ i4 e ] ] ]"
        case "WriteTxnMarkers":
            "[ i8 [ s [ i4 e ] ] ]"
        case "TxnOffsetCommit", "AlterReplicaLogDirs":
            "i4 [ s [ i4 e ] ]"
        case "CreateAcls":
            "i4 [ e s ]"
        case "DeleteAcls", "DescribeConfigs", "DescribeTransactions", "ConsumerGroupDescribe",
            "ShareGroupDescribe", "StreamsGroupDescribe":
            "i4 [ e ."
        case "AlterConfigs", "IncrementalAlterConfigs":
            "i4 [ e s i1 s ]"
        case "DescribeLogDirs":
            "i4 3+:e [ e ."
        case "CreatePartitions", "AlterUserScramCredentials":
            "i4 [ s e s ]"
        case "DeleteGroups":
            "i4 [ s e ]"
        case "ElectLeaders":
            "i4 1+:e [ s [ i4 e s ] ]"
        case "AlterPartitionReassignments":
            "i4 1+:i1 e s [ s [ i4 e s ] ]"
        case "OffsetDelete":
            "e i4 [ s [ i4 e ] ]"
        case "AlterClientQuotas":
            "i4 [ e s [ s s ] ]"
        case "DescribeUserScramCredentials":
            "i4 e s [ s e ."
        case "UpdateFeatures":
            "i4 e s 0-1:[ s e s ]"
        case "Envelope":
            "b e"
        case "DescribeProducers":
            "i4 [ s [ i4 e ."
        case "DescribeTopicPartitions":
            "i4 [ e s i16 i1 [ e i4 i4 i4 (i4) (i4) (i4) (i4) (i4) ] i4 ]"
        case "InitializeShareGroupState", "WriteShareGroupState", "DeleteShareGroupState":
            "[ i16 [ i4 e s ] ]"
        case "ReadShareGroupState", "ReadShareGroupStateSummary":
            "[ i16 [ i4 e ."
        case "DescribeShareGroupOffsets":
            "i4 [ s [ s i16 [ i4 i8 i4 1+:i8 e s ] ] e s ]"
        case "AlterPartition":
            "i4 e [ 0-1:s 2+:i16 [ i4 e i4 i4 (i4) 1+:i1 i4 ] ]"
        case "FetchSnapshot":
            "i4 e [ s [ i4 e i8 i4 g i8 i8 b ] ]"
        case "AssignReplicasToDirs":
            "i4 e [ i16 [ i16 [ i4 e ] ] ]"
        case "ShareFetch":
            "i4 e s 1+:i4 [ i16 [ i4 e s e s i4 i4 g b [ i8 i8 i2 ] ] ]"
        case "ShareAcknowledge":
            "i4 e s 2+:i4 [ i16 [ i4 e s i4 i4 g ] ]"
        case "AlterShareGroupOffsets":
            "i4 e s [ s i16 [ i4 e s ] ]"
        case "DeleteShareGroupOffsets":
            "i4 e s [ s i16 e s ]"
        default: "i4 e"
        }
    }

    /// The fields of Produce requests up to the names of topics.
    static let produceRequest = KafkaLayout("3+:s k i4 [ 0-12:t 13+:u [ i4 b ] ]")
    /// The fields of Fetch requests up to the names of topics.
    static let fetchRequest = KafkaLayout(
        "0-14:i4 i4 i4 3+:i4 4+:i1 7+:i4 7+:p [ 0-12:t 13+:u [ i4 9+:i4 i8 12+:i4 5+:i8 i4 ] ]"
    )
}
