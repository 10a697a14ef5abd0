// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Ctrl-C and SIGTERM, taken as the wish to end in good order; a second one ends at once.
struct StopSignals {
    private let flag = StopFlag()
    private let sources: [any DispatchSourceSignal]

    init() {
        let flag = flag
        sources = [SIGINT, SIGTERM].map { number in
            // The default would end the program before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                flag.set()
                signal(number, SIG_DFL)
            }
            source.resume()
            return source
        }
    }

    var isSet: Bool { flag.isSet }
}
