// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

#include "CRE2.h"

#include <re2/re2.h>

#include <cstdio>
#include <new>

struct cre2_pattern {
    re2::RE2 expression;

    cre2_pattern(const re2::StringPiece &pattern, const re2::RE2::Options &options)
        : expression(pattern, options) {}
};

cre2_pattern *cre2_compile(
    const char *pattern, size_t length, int64_t max_memory, char *error, size_t error_capacity) {
    re2::RE2::Options options;
    options.set_max_mem(max_memory);
    options.set_log_errors(false);
    auto *compiled = new (std::nothrow) cre2_pattern(re2::StringPiece(pattern, length), options);
    if (compiled == nullptr) {
        std::snprintf(error, error_capacity, "out of memory");
        return nullptr;
    }
    if (!compiled->expression.ok()) {
        std::snprintf(error, error_capacity, "%s", compiled->expression.error().c_str());
        delete compiled;
        return nullptr;
    }
    return compiled;
}

bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length) {
    return re2::RE2::PartialMatch(re2::StringPiece(text, length), pattern->expression);
}

void cre2_free(cre2_pattern *pattern) { delete pattern; }
