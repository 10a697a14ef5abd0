// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

// Counts allocations by standing in front of the C library's allocator: the dynamic linker
// finds these definitions first, and they hand on to the next ones.

#define _GNU_SOURCE
#include "CAllocationCount.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic uint64_t count;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void add(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

uint64_t svcmap_allocation_count(void) { return atomic_load_explicit(&count, memory_order_relaxed); }

void *malloc(size_t size) {
    add();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    add();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    add();
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    add();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    add();
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? 12 : 0;
}
