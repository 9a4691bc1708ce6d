// Access tokens for OAUTHBEARER.
#include "library.h"

#include <string.h>

bool ck_wants_token(ck_producer *producer) {
    bool wants = producer->wants_token;
    producer->wants_token = false;
    return wants;
}

bool ck_set_token(
    ck_producer *producer, const char *token, int64_t expiry, const char *principal, const char *extensions,
    size_t count, char *reason, size_t size) {
    const char *texts[2 * ck_most_extensions];
    if (count > ck_most_extensions) count = ck_most_extensions;
    for (size_t at = 0; at < 2 * count; at++) {
        texts[at] = extensions;
        extensions += strlen(extensions) + 1;
    }
    return !producer->library->rd_kafka_oauthbearer_set_token(
        producer->handle, token, expiry, principal, texts, 2 * count, reason, size);
}

void ck_no_token(ck_producer *producer, const char *reason) {
    producer->library->rd_kafka_oauthbearer_set_token_failure(producer->handle, reason);
}
