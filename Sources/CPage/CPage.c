// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
#include "CPage.h"

// #embed is C23; the compiler has it in every mode and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define HTML "text/html; charset=utf-8"
#define STYLE "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define PICTURE "image/svg+xml; charset=utf-8"

static const unsigned char index_html[] = {
#embed "../../public/index.html"
};

#define FILE_ENTRY(path, type, bytes) {path, type, bytes, sizeof bytes}

static const struct svcmap_page_file files[] = {
    FILE_ENTRY("index.html", HTML, index_html),
};

size_t svcmap_page_file_count(void) { return sizeof files / sizeof files[0]; }

const struct svcmap_page_file *svcmap_page_file(size_t index) {
    return index < svcmap_page_file_count() ? &files[index] : NULL;
}
