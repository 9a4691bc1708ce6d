#include "library.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

// 1.9.0: rd_kafka_produceva and errors of idempotent producers as they are today.
enum { oldest_version = 0x01090000 };

static bool find_all(ck_library *library, void *handle, char *reason, size_t size) {
#define CK_FIND(function) \
    library->function = (__typeof__(library->function))dlsym(handle, #function); \
    if (!library->function) { \
        snprintf(reason, size, "it has no %s", #function); \
        return false; \
    }
    CK_FUNCTIONS(CK_FIND)
#undef CK_FIND
    return true;
}

// librdkafka makes four small pieces of memory for each message with headers on the thread that sends, and frees them
// on the one that polls. glibc's fast bins are bad at that: they keep the pieces apart, and go through all of them
// whenever a large piece is wanted. Without them, and with some MB kept instead of given back and asked for again with
// every batch, a record with headers costs less (Benchmarks/kafka.py prints how much one costs).
static void suit_malloc(void) {
#ifdef M_MXFAST
    mallopt(M_MXFAST, 0);
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

const ck_library *ck_library_open(const char *name, char *reason, size_t size) {
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *why = dlerror();
        snprintf(reason, size, "%s", why ? why : name);
        return NULL;
    }
    ck_library *library = malloc(sizeof *library);
    if (library && find_all(library, handle, reason, size)) {
        if (library->rd_kafka_version() >= oldest_version) {
            suit_malloc();
            return library;
        }
        snprintf(reason, size, "%s is version %s, and 1.9.0 is needed", name, library->rd_kafka_version_str());
    }
    free(library);
    dlclose(handle);
    return NULL;
}

const char *ck_library_version(const ck_library *library) { return library->rd_kafka_version_str(); }

const char *ck_error_text(const ck_library *library, int32_t error) {
    return library->rd_kafka_err2str((rd_kafka_resp_err_t)error);
}

const char *ck_error_name(const ck_library *library, int32_t error) {
    return library->rd_kafka_err2name((rd_kafka_resp_err_t)error);
}

rd_kafka_conf_t *ck_conf_new(const ck_library *library) { return library->rd_kafka_conf_new(); }

void ck_conf_destroy(const ck_library *library, rd_kafka_conf_t *conf) { library->rd_kafka_conf_destroy(conf); }

bool ck_conf_set(
    const ck_library *library, rd_kafka_conf_t *conf, const char *name, const char *value, char *reason, size_t size) {
    return library->rd_kafka_conf_set(conf, name, value, reason, size) == RD_KAFKA_CONF_OK;
}
