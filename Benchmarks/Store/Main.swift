// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Measures the store with a simulated cluster; see docs/performance.md.
@main
enum Main {
    static func main() {
        do {
            let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
            switch arguments.command {
            case "append": try AppendCommand.run(arguments)
            case "graph": try GraphCommand.run(arguments)
            case "rollup": try RollUpCommand.run(arguments)
            case "columns": try ColumnsCommand.run(arguments)
            default: throw Arguments.Invalid()
            }
        } catch is Arguments.Invalid {
            print(Arguments.usage)
            exit(2)
        } catch {
            print("\(error)")
            exit(1)
        }
    }
}
