// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Testing

/// Fails the test, where a fuzzer would end the process.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) {
    if !condition { Issue.record(Comment(rawValue: rule())) }
}
