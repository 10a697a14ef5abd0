// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB
import Storage
import TestKit
import Testing

@Suite struct `Rolling up damaged blocks` {
    /// The checksum is made right again, so that the bytes reach the columns.
    @Test(arguments: 0..<10)
    func `never traps, and tells what it refused`(seed: Int) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 4_950 + UInt64(seed))
        for window in 0..<2 {
            _ = try store.append(dice.report(reporter: 1, window: Int64(window), edges: 8))
        }
        _ = try store.rollUp(.all)
        let connection = try DatabaseQueue(path: folder.file("map.db"))
        let block = try #require(
            try connection.read { try Data.fetchOne($0, sql: "SELECT data FROM block WHERE start = 0") }
        )
        var refused = 0
        for _ in 0..<30 {
            var body = Array(block.dropFirst(Frame.headerBytes))
            for _ in 0..<1 + dice.number(3) {
                body[dice.number(body.count)] = UInt8(truncatingIfNeeded: dice.next())
            }
            let damaged = Data(try resealed(body))
            try connection.write { database in
                try database.execute(sql: "UPDATE block SET data = ? WHERE start = 0", arguments: [damaged])
                try database.execute(
                    sql: "INSERT OR IGNORE INTO dirty SELECT DISTINCT resolution, start FROM summary"
                )
            }
            let progress = try #require(try store.rollUp(.all))
            #expect(progress.isDone)
            #expect(progress.windows == 6 || progress.damaged.count == 1, "\(progress)")
            refused += progress.damaged.count
        }
        #expect(refused > 0, "seed \(seed)")
        try connection.close()
    }
}
