// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Kubernetes
import Storage

/// Reads one object dump into a store.
enum InventoryImport {
    /// Prints what went in or what is wrong; `false` where the dump could not be read in full.
    static func run(_ path: String, cluster: String, into store: WindowStore) -> Bool {
        let bytes: Data
        do {
            bytes =
                path == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: path))
        } catch {
            Console.error("cannot read the inventory \(path): \(Self.reason(error))")
            return false
        }
        do {
            let dump = try ObjectDump([UInt8](bytes), cluster: cluster)
            try store.append(inventory: dump.observations)
            let rejected = dump.rejected == 0 ? "" : ", \(dump.rejected) malformed objects left out"
            let ignored = dump.ignored.values.reduce(0, +)
            let unused = ignored == 0 ? "" : ", \(ignored) of other kinds"
            Console.note("\(path): \(dump.observations.count) objects\(unused)\(rejected)")
            return dump.rejected == 0
        } catch let error as ObjectDumpError {
            Console.error("\(path): \(error)")
            return false
        } catch {
            _ = Exit.report(error)
            return false
        }
    }

    private static func reason(_ error: any Error) -> String {
        (error as NSError).userInfo[NSUnderlyingErrorKey].map {
            ($0 as? NSError)?.localizedDescription ?? "\($0)"
        }
            ?? error.localizedDescription
    }
}
