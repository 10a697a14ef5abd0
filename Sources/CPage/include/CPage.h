// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
#pragma once
#include <stddef.h>

/// One file of the page.
struct svcmap_page_file {
    /// Path below `public/`, as in a URL, ended by a zero byte.
    const char *path;
    /// What is sent as `Content-Type`, ended by a zero byte.
    const char *content_type;
    const unsigned char *bytes;
    size_t length;
};

size_t svcmap_page_file_count(void);

/// The file at an index of the table; NULL from the count on.
const struct svcmap_page_file *svcmap_page_file(size_t index);
