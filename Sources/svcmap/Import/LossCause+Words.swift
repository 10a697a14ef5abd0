// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension LossCause {
    /// What happened, behind a count; the page says it in the same words (`strings.js`).
    var words: String {
        switch self {
        case .kernelDropped: "frames were dropped by the kernel before they could be read"
        case .interfaceDropped: "frames were dropped by the network interface"
        case .truncatedFrames: "frames were captured shorter than they were on the wire"
        case .damagedRecords: "damaged places in the capture file were skipped"
        case .oneSidedFlows: "flows were seen in one direction only"
        case .reassemblyGaps: "holes in TCP streams had to be skipped"
        case .reassemblyOverflow: "out-of-order segments were thrown away"
        case .unmatchedResponses: "responses came without a request that was seen"
        case .unmatchedRequests: "requests lost their response in a hole or an abandoned stream"
        case .abandonedStreams: "streams could not be followed to their end"
        case .evictedFlows: "flows were pushed out of a full table"
        case .evictedSightings: "packets were forgotten so early that they may be counted twice"
        case .foldedEndpoints: "endpoints were folded into an aggregate"
        case .foldedOperations: "operations were folded into {other}"
        case .droppedNames: "names did not fit the table"
        case .clockSteps: "frames carried a time before that of an earlier frame"
        case .lateSightings: "handshake packets came twice: clocks differ, or captures overlap"
        case .fragments: "IP fragments were not put together"
        }
    }
}
