// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `Opening a store` {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("map.db")
    }

    private func refusal(_ access: WindowStore.Access, _ name: String = "map.db") -> StorageError? {
        storageError { _ = try WindowStore(path: folder.file(name), access: access) }
    }

    /// A closed store of three windows.
    private func makeStore(_ name: String = "map.db") throws {
        let store = try WindowStore(path: folder.file(name), access: .readWrite)
        var dice = RandomReports(seed: 21)
        for window in 0..<3 { _ = try store.append(dice.report(window: Int64(window), edges: 40)) }
        try store.close()
    }

    @Test func `for reading needs a file`() {
        let error = refusal(.readOnly)
        #expect(error?.code == .missing)
        #expect(error?.message.contains(path) == true)
        #expect(error?.isOneLineWithRemedy == true)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `for writing needs a folder`() {
        #expect(refusal(.readWrite, "none/map.db")?.code == .missing)
        #expect(refusal(.readWrite, ".")?.code == .notAStore)
    }

    @Test func `refuses what is not a database and leaves it alone`() throws {
        for text in [
            "x", "not a database, but longer than the header of one: " + String(repeating: "-", count: 200),
        ] {
            let data = Data(text.utf8)
            try folder.write(data, to: "map.db")
            for access in [WindowStore.Access.readOnly, .readWrite] {
                let error = refusal(access)
                #expect(error?.code == .notAStore)
                #expect(error?.isOneLineWithRemedy == true)
            }
            #expect(try folder.read("map.db") == data)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["map.db"])
        }
    }

    @Test func `refuses a database of another program and leaves it alone`() throws {
        try makeStore()
        var data = try folder.read("map.db")
        data[70] ^= 1
        try folder.write(data, to: "other.db")
        for access in [WindowStore.Access.readOnly, .readWrite] {
            #expect(refusal(access, "other.db")?.code == .notAStore)
        }
        #expect(try folder.read("other.db") == data)
    }

    @Test func `takes an empty file for a store to be`() throws {
        try folder.write(Data(), to: "map.db")
        #expect(refusal(.readOnly)?.code == .olderSchema)
        let store = try WindowStore(path: path, access: .readWrite)
        #expect(try store.range() == nil)
    }

    @Test func `refuses a newer schema and leaves it alone`() throws {
        try makeStore()
        var data = try folder.read("map.db")
        // user_version, big endian.
        data[63] = 9
        try folder.write(data, to: "newer.db")
        for access in [WindowStore.Access.readOnly, .readWrite] {
            let error = refusal(access, "newer.db")
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("schema 9") == true)
            #expect(error?.isOneLineWithRemedy == true)
        }
        #expect(try folder.read("newer.db") == data)
    }

    @Test func `sets up the file as decided`() throws {
        try makeStore()
        let header = try folder.read("map.db")
        #expect(Array(header[16..<18]) == [0x08, 0x00], "page size 2048")
        #expect(Array(header[18..<20]) == [2, 2], "WAL")
        #expect(Array(header[52..<56]) != [0, 0, 0, 0], "auto_vacuum")
        #expect(Array(header[64..<68]) == [0, 0, 0, 1], "incremental")
        #expect(Array(header[68..<72]) == Array("SVCM".utf8))
        #expect(Array(header[60..<64]) == [0, 0, 0, 4], "schema version")
    }

    @Test func `stops a writer and a reader that a newer build has overtaken`() throws {
        let store = try WindowStore(path: path, access: .readWrite)
        var dice = RandomReports(seed: 22)
        _ = try store.append(dice.report(edges: 1))
        var conditions = WindowStore.Conditions()
        conditions.schemaVersion = 5
        let newer = try WindowStore(path: path, access: .readWrite, conditions: conditions)
        let error = storageError { _ = try store.append(dice.report(window: 1, edges: 1)) }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("update svcmap") == true)
        #expect(storageError { _ = try store.reports() }?.code == .newerSchema)
        #expect(try newer.reports().count == 1)
        #expect(try newer.append(dice.report(window: 1, edges: 1)))
    }

    @Test func `waits for another process no longer than it has patience`() throws {
        try makeStore()
        var conditions = WindowStore.Conditions()
        conditions.patienceSeconds = 0
        let holder = try #require(FileHandle(forUpdatingAtPath: path + ".lock"))
        #expect(flock(holder.fileDescriptor, LOCK_EX) == 0)
        let error = storageError {
            _ = try WindowStore(path: path, access: .readWrite, conditions: conditions)
        }
        #expect(error?.code == .locked)
        #expect(error?.isOneLineWithRemedy == true)
        try holder.close()
        _ = try WindowStore(path: path, access: .readWrite, conditions: conditions)
    }

    @Test func `for reading works in a folder that cannot be written`() throws {
        try makeStore("odd % name?#.db")
        try FileManager.default.removeItem(atPath: folder.file("odd % name?#.db.lock"))
        try FileManager.default.removeItem(atPath: folder.file("odd % name?#.db.maintenance.lock"))
        var conditions = WindowStore.Conditions()
        conditions.isFolderWritable = false
        let store = try WindowStore(
            path: folder.file("odd % name?#.db"),
            access: .readOnly,
            conditions: conditions
        )
        #expect(try store.reports().count == 3)
        #expect(try store.dataVersion() == store.dataVersion())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["odd % name?#.db"])
        let writing = storageError {
            _ = try WindowStore(
                path: folder.file("odd % name?#.db"),
                access: .readWrite,
                conditions: conditions
            )
        }
        #expect(writing?.code == .permission)
    }

    @Test func `without shared memory notices that somebody wrote`() throws {
        try makeStore()
        var conditions = WindowStore.Conditions()
        conditions.isFolderWritable = false
        let reader = try WindowStore(path: path, access: .readOnly, conditions: conditions)
        #expect(try reader.reports().count == 3)
        let writer = try WindowStore(path: path, access: .readWrite)
        var dice = RandomReports(seed: 23)
        _ = try writer.append(dice.report(window: 8, edges: 200))
        try writer.close()
        #expect(storageError { _ = try reader.reports() } != nil)
    }

    @Test func `for reading never writes`() throws {
        try makeStore()
        let store = try WindowStore(path: path, access: .readOnly)
        var dice = RandomReports(seed: 24)
        #expect(storageError { _ = try store.append(dice.report(window: 9, edges: 1)) }?.code == .readOnly)
        #expect(storageError { try store.append(inventory: SampleInventory.observations) }?.code == .readOnly)
        #expect(try !store.maintain())
        #expect(try store.reports().count == 3)
    }

    @Test func `says so when it may not`() throws {
        guard geteuid() != 0 else {
            print("skipped: a store without permission (root may do everything)")
            return
        }
        try makeStore()
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path)
        #expect(refusal(.readOnly)?.code == .permission)
        #expect(refusal(.readWrite)?.code == .permission)
        try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        #expect(refusal(.readWrite)?.code == .permission)
        #expect(refusal(.readOnly) == nil)
        try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        #expect(refusal(.readWrite)?.code == .permission)
        #expect(refusal(.readOnly) == nil)
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }

    @Test func `keeps the locks of an opening before it in the same process`() throws {
        let store = try WindowStore(path: path, access: .readWrite)
        var dice = RandomReports(seed: 25)
        _ = try store.append(dice.report(edges: 3))
        for _ in 0..<3 { _ = try WindowStore(path: path, access: .readOnly).reports() }
        // Another process that finds the file unlocked would take the log away when it closes.
        #expect(try locks() > 0)
        // What must not be done, and shows that the count above would tell.
        try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).close()
        #expect(try locks() == 0)
    }

    /// How many POSIX locks the kernel knows on the store.
    private func locks() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let inode = try #require(attributes[.systemFileNumber] as? NSNumber)
        return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
            .count { $0.contains("POSIX") && $0.contains(":\(inode) ") }
    }

    @Test func `follows a symbolic link to the same locks`() throws {
        try makeStore()
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: path)
        let store = try WindowStore(path: folder.file("link.db"), access: .readWrite)
        #expect(try store.reports().count == 3)
        #expect(!FileManager.default.fileExists(atPath: folder.file("link.db.lock")))
    }
}

@Suite struct `A damaged store` {
    private let folder: TemporaryFolder
    private let pristine: Data
    private let reports: [WindowReport]

    init() throws {
        folder = try TemporaryFolder()
        var dice = RandomReports(seed: 31)
        var reports: [WindowReport] = []
        for window in 0..<6 { reports.append(dice.report(window: Int64(window), edges: 40)) }
        let store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        for report in reports { _ = try store.append(report) }
        try store.append(inventory: SampleInventory.observations)
        try store.close()
        self.reports = reports
        pristine = try folder.read("map.db")
    }

    @Test func `names the window whose block is damaged`() throws {
        // The last block begins with the magic; hit its body.
        let magic = Data("SVWB".utf8)
        let found = try #require(pristine.range(of: magic))
        var data = pristine
        data[found.lowerBound + 12] ^= 0x55
        try folder.write(data, to: "bad.db")
        let store = try WindowStore(path: folder.file("bad.db"), access: .readOnly)
        let error = storageError { _ = try store.reports() }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("1970-01-01T00:0") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("checksum") == true)
        #expect(error?.isOneLineWithRemedy == true)
        #expect(try store.range() != nil)
    }

    /// Every outcome is allowed but a trap, a report that was never written, and another kind of error.
    @Test(arguments: 0..<150)
    func `never traps and never invents a report`(seed: Int) throws {
        var dice = RandomReports(seed: UInt64(seed))
        var data = pristine
        for _ in 0..<1 + dice.number(30) {
            // Past the application id, so that it still counts as a store.
            data[72 + dice.number(data.count - 72)] = UInt8(truncatingIfNeeded: dice.next())
        }
        if dice.chance(1, of: 4) { data = data.prefix(100 + dice.number(data.count - 100)) }
        try folder.write(data, to: "bad.db")
        for access in [WindowStore.Access.readOnly, .readWrite] {
            let error = storageError {
                let store = try WindowStore(path: folder.file("bad.db"), access: access)
                _ = try store.names()
                _ = try store.inventory()
                _ = try store.range()
                let known = Set(reports.map(\.window))
                try store.forEachReport(in: everything) { #expect(known.contains($0.window)) }
            }
            #expect(
                error?.message.hasPrefix("not a storage error") != true,
                "seed \(seed): \(error?.message ?? "")"
            )
        }
    }
}
