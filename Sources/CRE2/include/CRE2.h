// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

#ifndef SVCMAP_CRE2_H
#define SVCMAP_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. It does not change after `cre2_compile`, so threads may share it.
typedef struct cre2_pattern cre2_pattern;

/// Compiles a pattern in RE2's own syntax, over UTF-8.
///
/// A pattern whose program and automata would take more than `max_memory` bytes is refused.
///
/// Returns NULL where the pattern is none; `error` then holds why, as a string of at most
/// `error_capacity` bytes with its end.
cre2_pattern *cre2_compile(
    const char *pattern, size_t length, int64_t max_memory, char *error, size_t error_capacity);

/// Whether some part of the text matches. Time is linear in the text.
bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length);

/// Frees what `cre2_compile` returned.
void cre2_free(cre2_pattern *pattern);

#ifdef __cplusplus
}
#endif

#endif
