// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage

/// Rolls up everything that is dirty in a store, and says how fast.
enum RollUpCommand {
    static func run(_ arguments: Arguments) throws {
        let store = try WindowStore(path: arguments.path, access: .readWrite)
        let start = ProcessorTime.now
        var (windows, rows) = (0, 0)
        while let progress = try store.rollUp(.all, limit: 64) {
            windows += progress.windows
            rows += progress.rows
            if progress.isDone { break }
        }
        let seconds = ProcessorTime.now - start
        for windows in try store.info().windows {
            let bytes = Double(windows.blockBytes) / Double(max(1, windows.rows))
            print(
                "\(windows.resolution.text): \(windows.count) windows, \(windows.rows) rows, \(bytes) bytes each"
            )
        }
        try store.close()
        print("rolled up: \(windows) windows")
        print("rows merged per CPU second: \(Int(Double(rows) / seconds))")
    }
}
