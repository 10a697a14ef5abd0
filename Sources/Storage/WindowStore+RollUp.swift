// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension WindowStore {
    /// Which dirty windows are rolled up.
    package enum RollUpScope: Sendable {
        /// Those whose end is not after the end of the newest report: more will come into the others.
        case closed
        /// All.
        case all
    }

    /// What a call of `rollUp` came to.
    package struct RollUpProgress: Equatable, Sendable {
        /// Windows that are clean now.
        package var windows = 0
        /// Rows that were added up.
        package var rows = 0
        /// One line for each window that cannot be rolled up and stays dirty.
        package var damaged: [String] = []
        /// Whether nothing more can be rolled up now.
        package var isDone = false

        package init(isDone: Bool = false) {
            self.isDone = isDone
        }
    }

    /// Makes coarser windows out of finer ones, the finest first, if no other process looks after
    /// the store.
    ///
    /// - Parameters:
    ///   - scope: Which windows.
    ///   - limit: The most windows; call again for more.
    ///   - shouldStop: Asked now and then, so that a long one can be left.
    /// - Returns: What was done; `nil` where another process holds the maintenance lock, or the store was
    ///   opened for reading.
    /// - Throws: `StorageError`.
    package func rollUp(
        _ scope: RollUpScope,
        limit: Int = .max,
        shouldStop: () -> Bool = { false }
    ) throws -> RollUpProgress? {
        try requireOpen()
        guard access == .readWrite, let lock = try FileLock.attempt(file.maintenanceLock) else { return nil }
        return try withExtendedLifetime(lock) {
            var rollUp = RollUp(self, scope)
            return try rollUp.run(limit: limit, shouldStop: shouldStop)
        }
    }

    /// Names the window in what is thrown for damage within it.
    func naming<T>(_ resolution: Resolution, _ window: Window, _ body: () throws -> T) throws -> T {
        func damaged(_ what: String) -> StorageError {
            StorageError.damaged(
                "the window of \(resolution.text) at \(window.start): \(what)",
                path: file.path
            )
        }
        do {
            return try body()
        } catch let error as BlockError {
            throw damaged("\(error)")
        } catch is WrongColumn {
            throw damaged("a column holds what it must not")
        } catch let error as StoredPartMissing {
            throw damaged("a block of \(error.start) is missing")
        }
    }
}

extension Resolution {
    /// As options and documents have it: `10s`, `1m`, `10m`, `1h`, `6h`, `1d`, `30d`.
    package var text: String {
        switch self {
        case .tenSeconds: "10s"
        case .minute: "1m"
        case .tenMinutes: "10m"
        case .hour: "1h"
        case .sixHours: "6h"
        case .day: "1d"
        case .thirtyDays: "30d"
        }
    }

    /// The length that a text stands for, exactly as `text` gives it.
    package init?(text: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = found
    }
}
