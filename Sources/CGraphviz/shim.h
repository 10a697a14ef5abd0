// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
#pragma once
#include <graphviz/gvc.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

// Small helpers for what Swift cannot call (variadics, enum-typed constants) or should not see.

static inline int svcmap_limit(int resource, unsigned long long value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    rlim_t wanted = (rlim_t)value;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) wanted = limit.rlim_max;
    limit.rlim_cur = wanted;
    limit.rlim_max = wanted;
    return setrlimit(resource, &limit);
}

// Puts the calling process under its limits for good: 0, or -1 when one could not be set.
static inline int svcmap_confine(unsigned long long memory_bytes, unsigned long long cpu_seconds) {
    // A library that tries to write a file (a font cache, say) shall see an error, not a signal.
    signal(SIGXFSZ, SIG_IGN);
    if (svcmap_limit(RLIMIT_AS, memory_bytes) != 0) return -1;
    if (svcmap_limit(RLIMIT_CPU, cpu_seconds) != 0) return -1;
    if (svcmap_limit(RLIMIT_FSIZE, 0) != 0) return -1;
    if (svcmap_limit(RLIMIT_CORE, 0) != 0) return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    return 0;
}

// Becomes librsvg's converter, which reads SVG and writes `format` ("png", "pdf"), under the
// limits set before. Returns only where there is none. Fixed places: the environment is empty.
static inline void svcmap_become_converter(const char *format, const char *zoom) {
    static const char *const places[] = {"/usr/bin/rsvg-convert", "/usr/local/bin/rsvg-convert"};
    for (int i = 0; i < 2; i++) {
        execl(places[i], "rsvg-convert", "--unlimited", "--format", format, "--zoom", zoom, (char *)NULL);
    }
}

// An unnamed file in memory, closed on exec; -1 on failure. Declared here because the name is
// visible only with _GNU_SOURCE, which a module's header cannot ask for.
extern int memfd_create(const char *name, unsigned int flags);

static inline int svcmap_memory_file(void) {
    return memfd_create("svcmap-layout", 1u /* MFD_CLOEXEC */);
}

static inline int svcmap_ignore_message(char *message) {
    (void)message;
    return 0;
}

// What Graphviz keeps between layouts; NULL where it cannot be had.
static inline GVC_t *svcmap_context(void) {
    agseterrf(svcmap_ignore_message);
    return gvContext();
}

// Lays out `dot` and gives its positions as Graphviz's "json0" in `*result`, to be freed with
// gvFreeRenderData. Returns 0, 1 when the text is no graph, 2 when the layout failed.
static inline int svcmap_layout(GVC_t *context, const char *dot, const char *engine, char **result,
                                unsigned int *length) {
    Agraph_t *graph = agmemread(dot);
    if (graph == NULL) return 1;
    if (gvLayout(context, graph, engine) != 0) return 2;
    if (gvRenderData(context, graph, "json0", result, length) != 0 || *result == NULL) return 2;
    gvFreeLayout(context, graph);
    agclose(graph);
    return 0;
}
