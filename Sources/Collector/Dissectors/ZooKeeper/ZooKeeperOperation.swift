// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Operation codes and errors (Apache ZooKeeper, `ZooDefs.OpCode` and `KeeperException.Code`).
enum ZooKeeperOperation {
    static let ping: Int32 = 11
    static let closeSession: Int32 = -11

    /// The name of an operation, and whether it only keeps the session.
    static func name(_ code: Int32) -> (name: String, isSession: Bool)? {
        switch code {
        case 1: ("create", false)
        case 2: ("delete", false)
        case 3: ("exists", false)
        case 4: ("getData", false)
        case 5: ("setData", false)
        case 6: ("getACL", false)
        case 7: ("setACL", false)
        case 8: ("getChildren", false)
        case 9: ("sync", false)
        case ping: ("ping", true)
        case 12: ("getChildren2", false)
        case 13: ("check", false)
        case 14: ("multi", false)
        case 15: ("create2", false)
        case 16: ("reconfig", false)
        case 17: ("checkWatches", false)
        case 18: ("removeWatches", false)
        case 19: ("createContainer", false)
        case 20: ("deleteContainer", false)
        case 21: ("createTTL", false)
        case 22: ("multiRead", false)
        case 100: ("auth", true)
        case 101: ("setWatches", true)
        case 102: ("sasl", true)
        case 103: ("getEphemerals", false)
        case 104: ("getAllChildrenNumber", false)
        case 105: ("setWatches2", true)
        case 106: ("addWatch", false)
        case 107: ("whoAmI", false)
        case closeSession: ("closeSession", true)
        default: nil
        }
    }

    /// Operations whose first field is a path.
    static func hasPath(_ code: Int32) -> Bool {
        switch code {
        case 1...9, 12, 13, 15, 17...21, 103, 104, 106: true
        default: false
        }
    }

    /// What an error code makes of a request.
    static func verdict(_ code: Int32) -> (outcome: Outcome, status: String?) {
        switch code {
        case 0: (.ok, nil)
        // Answers that locks, queues and elections are built on.
        case -101: (.ok, "NONODE")
        case -110: (.ok, "NODEEXISTS")
        case -103: (.ok, "BADVERSION")
        case -111: (.ok, "NOTEMPTY")
        case -121: (.ok, "NOWATCHER")
        case -102: (.clientError, "NOAUTH")
        case -108: (.clientError, "NOCHILDRENFOREPHEMERALS")
        case -112: (.clientError, "SESSIONEXPIRED")
        case -113: (.clientError, "INVALIDCALLBACK")
        case -114: (.clientError, "INVALIDACL")
        case -115: (.clientError, "AUTHFAILED")
        case -118: (.clientError, "SESSIONMOVED")
        case -8: (.clientError, "BADARGUMENTS")
        case -1: (.serverError, "SYSTEMERROR")
        case -2: (.serverError, "RUNTIMEINCONSISTENCY")
        case -3: (.serverError, "DATAINCONSISTENCY")
        case -4: (.serverError, "CONNECTIONLOSS")
        case -5: (.serverError, "MARSHALLINGERROR")
        case -6: (.serverError, "UNIMPLEMENTED")
        case -7: (.serverError, "OPERATIONTIMEOUT")
        case -100: (.serverError, "APIERROR")
        case -119: (.serverError, "NOTREADONLY")
        default: (.serverError, "ERROR")
        }
    }
}
