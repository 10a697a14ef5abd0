// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

#pragma once
#include <stdint.h>

/// Calls of malloc, calloc, realloc and the aligned allocators since the process began.
uint64_t svcmap_allocation_count(void);
