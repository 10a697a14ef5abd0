// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Dispatch
import Logging
import ServiceLifecycle
import Storage

/// Rolls up, prunes and checkpoints a store every few seconds, unless another process does.
struct MaintenanceService: Service {
    static let pause = Duration.seconds(10)

    /// Hands over the store when it is open; ends without one where it could not be opened.
    let stores: AsyncStream<WindowStore>
    let policy: RetentionPolicy
    let logger: Logger

    init(stores: AsyncStream<WindowStore>, policy: RetentionPolicy, logger: Logger) {
        self.stores = stores
        self.policy = policy
        self.logger = logger
    }

    /// Looks after a store that is open already.
    init(store: WindowStore, policy: RetentionPolicy, logger: Logger) {
        let (stores, continuation) = AsyncStream.makeStream(of: WindowStore.self)
        continuation.yield(store)
        continuation.finish()
        self.init(stores: stores, policy: policy, logger: logger)
    }

    func run() async throws {
        let stop = StopFlag()
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                for await store in stores { await lookAfter(store, until: stop) }
                await Self.sleep(.seconds(Int64(Int32.max)))
            } onCancel: {
                stop.set()
            }
        }
    }

    private func lookAfter(_ store: WindowStore, until stop: StopFlag) async {
        var told: Set<String> = []
        while !stop.isSet {
            let found = await withCheckedContinuation { (done: CheckedContinuation<[String], Never>) in
                // It computes and waits for the disk: not on a thread that tasks share.
                DispatchQueue.global(qos: .utility).async {
                    done.resume(returning: findings(store, until: stop))
                }
            }
            for line in found where told.insert(line).inserted { logger.error("\(line)") }
            await Self.sleep(Self.pause)
        }
    }

    /// Does what there is to do, and tells what is wrong.
    private func findings(_ store: WindowStore, until stop: StopFlag) -> [String] {
        do {
            let outcome = try store.lookAfter(.closed, policy: policy, shouldStop: { stop.isSet })
            let size =
                outcome?.isTooLarge == true ? ["the store is larger than max-size and nothing can go"] : []
            return (outcome?.damaged ?? []) + size
        } catch let error as StorageError where error.code == .closed {
            return []
        } catch {
            return ["\(error)"]
        }
    }

    /// Ends early where the task is cancelled, which whoever called finds out by itself.
    private static func sleep(_ duration: Duration) async {
        try? await Task.sleep(for: duration)
    }
}
