// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Ends the process, which is how a fuzzer learns of a broken rule.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) {
    if !condition { fatalError(rule()) }
}
