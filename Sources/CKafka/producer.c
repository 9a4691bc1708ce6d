#include "library.h"

#include <stdio.h>
#include <stdlib.h>

// Counts messages as reported. The delivery may be gone when this returns.
static void finish(const ck_producer *producer, ck_delivery *delivery, uint32_t count) {
    if (atomic_fetch_sub_explicit(&delivery->pending, count, memory_order_acq_rel) == count)
        producer->callbacks.completed(delivery->owner);
}

static void fail(ck_delivery *delivery, ck_message *message, int32_t error) {
    message->error = error;
    message->status = RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
    atomic_fetch_add_explicit(&delivery->failed, 1, memory_order_relaxed);
}

static void reported(rd_kafka_t *handle, const rd_kafka_message_t *report, void *opaque) {
    (void)handle;
    ck_producer *producer = opaque;
    ck_message *message = report->_private;
    ck_delivery *delivery = message->delivery;
    message->error = report->err;
    if (report->err) {
        message->status = (uint8_t)producer->library->rd_kafka_message_status(report);
        atomic_fetch_add_explicit(&delivery->failed, 1, memory_order_relaxed);
        if (!producer->error) producer->error = report->err;
    }
    finish(producer, delivery, 1);
}

static void failed(rd_kafka_t *handle, int error, const char *reason, void *opaque) {
    (void)handle;
    const ck_producer *producer = opaque;
    producer->callbacks.failed(producer->context, error, reason);
}

static void logged(const rd_kafka_t *handle, int level, const char *facility, const char *text) {
    (void)handle, (void)facility, (void)level, (void)text;
}

static void wants_token(rd_kafka_t *handle, const char *config, void *opaque) {
    (void)handle, (void)config;
    ck_producer *producer = opaque;
    producer->wants_token = true;
}

static int32_t choose(
    const rd_kafka_topic_t *topic, const void *key, size_t length, int32_t count, void *topic_opaque, void *opaque) {
    ck_producer *producer = topic_opaque;
    const ck_library *library = producer->library;
    const ck_message *message = opaque;
    if (!atomic_load_explicit(&producer->has_found, memory_order_relaxed))
        atomic_store_explicit(&producer->has_found, true, memory_order_relaxed);
    if (message->has_key)
        return library->rd_kafka_msg_partitioner_murmur2(topic, key, length, count, topic_opaque, opaque);
    int32_t partition = (int32_t)(message->choice % (uint32_t)count);
    if (!producer->manner.reachable_only) return partition;
    for (int32_t step = 0; step < count; step++) {
        int32_t other = (partition + step) % count;
        if (library->rd_kafka_topic_partition_available(topic, other)) return other;
    }
    return partition;
}

ck_producer *ck_producer_new(
    const ck_library *library, rd_kafka_conf_t *conf, const ck_callbacks *callbacks, void *context,
    ck_manner manner, char *reason, size_t size) {
    ck_producer *producer = malloc(sizeof *producer);
    if (!producer) {
        snprintf(reason, size, "no memory for a producer");
        library->rd_kafka_conf_destroy(conf);
        return NULL;
    }
    *producer = (ck_producer){
        .library = library, .callbacks = *callbacks, .context = context, .manner = manner};
    pthread_rwlock_init(&producer->gate, NULL);
    library->rd_kafka_conf_set_opaque(conf, producer);
    library->rd_kafka_conf_set_dr_msg_cb(conf, reported);
    library->rd_kafka_conf_set_error_cb(conf, failed);
    library->rd_kafka_conf_set_log_cb(conf, logged);
    if (manner.gets_tokens) library->rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, wants_token);
    producer->handle = library->rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, size);
    if (producer->handle) return producer;
    library->rd_kafka_conf_destroy(conf);
    free(producer);
    return NULL;
}

void ck_producer_destroy(ck_producer *producer) {
    producer->library->rd_kafka_destroy(producer->handle);
    pthread_rwlock_destroy(&producer->gate);
    free(producer);
}

rd_kafka_topic_t *ck_topic_new(ck_producer *producer, const char *name) {
    const ck_library *library = producer->library;
    rd_kafka_topic_conf_t *conf = library->rd_kafka_default_topic_conf_dup(producer->handle);
    library->rd_kafka_topic_conf_set_opaque(conf, producer);
    library->rd_kafka_topic_conf_set_partitioner_cb(conf, choose);
    rd_kafka_topic_t *topic = library->rd_kafka_topic_new(producer->handle, name, conf);
    if (!topic) library->rd_kafka_topic_conf_destroy(conf);
    return topic;
}

void ck_topic_destroy(ck_producer *producer, rd_kafka_topic_t *topic) {
    producer->library->rd_kafka_topic_destroy(topic);
}

ck_delivery *ck_delivery_new(uint32_t capacity) {
    ck_delivery *delivery = calloc(1, sizeof *delivery);
    ck_message *messages = calloc(capacity, sizeof *messages);
    if (!delivery || !messages) abort();
    delivery->messages = messages;
    for (uint32_t at = 0; at < capacity; at++) messages[at].delivery = delivery;
    return delivery;
}

void ck_delivery_free(ck_delivery *delivery) {
    free(delivery->messages);
    free(delivery);
}

ck_message *ck_delivery_messages(ck_delivery *delivery) { return delivery->messages; }

void ck_delivery_begin(ck_delivery *delivery, uint32_t count, void *owner) {
    delivery->owner = owner;
    atomic_store_explicit(&delivery->failed, 0, memory_order_relaxed);
    atomic_store_explicit(&delivery->pending, count + 1, memory_order_release);
}

uint32_t ck_delivery_failed(const ck_delivery *delivery) {
    return atomic_load_explicit(&delivery->failed, memory_order_acquire);
}

// The headers of one message; NULL without any, or without memory for them (`*is_short`).
static rd_kafka_headers_t *make_headers(
    const ck_library *library, const ck_message *message, const ck_headers *headers, bool *is_short) {
    size_t count = headers->count + (headers->event_id ? 1 : 0);
    if (count == 0) return NULL;
    rd_kafka_headers_t *made = library->rd_kafka_headers_new(count);
    bool done = made != NULL;
    if (done && headers->event_id)
        done = !library->rd_kafka_header_add(made, "event_id", 8, message->event_id, (ssize_t)message->id_length);
    for (size_t at = 0; done && at < headers->count; at++) {
        const ck_header *header = &headers->fixed[at];
        done = !library->rd_kafka_header_add(made, header->name, -1, header->value, (ssize_t)header->length);
    }
    *is_short = !done;
    if (done) return made;
    if (made) library->rd_kafka_headers_destroy(made);
    return NULL;
}

static int32_t send_one(ck_producer *producer, ck_message *message, const ck_headers *headers) {
    const ck_library *library = producer->library;
    rd_kafka_vu_t v[7];
    size_t count = 0;
    v[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = message->topic};
    // Without RD_KAFKA_MSG_F_COPY the bytes stay ours, and where they are.
    v[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = 0};
    v[count++] = (rd_kafka_vu_t){
        .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)message->value, message->value_length}};
    v[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = message};
    v[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = message->timestamp};
    if (message->has_key)
        v[count++] = (rd_kafka_vu_t){
            .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)message->key, message->key_length}};
    // Headers that librdkafka makes itself (RD_KAFKA_VTYPE_HEADER) are freed twice when the message is not taken, in
    // versions before 2.12 (its pull request 4628). Ours stay ours then.
    bool is_short = false;
    rd_kafka_headers_t *own = make_headers(library, message, headers, &is_short);
    if (is_short) return RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (own) v[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = own};
    rd_kafka_error_t *error = library->rd_kafka_produceva(producer->handle, v, count);
    if (!error) return 0;
    int32_t code = library->rd_kafka_error_code(error);
    library->rd_kafka_error_destroy(error);
    if (own) library->rd_kafka_headers_destroy(own);
    return code;
}

static uint32_t send_some(
    ck_producer *producer, ck_delivery *delivery, uint32_t start, uint32_t end, const ck_headers *headers,
    int32_t *error) {
    for (uint32_t at = start; at < end; at++) {
        ck_message *message = &delivery->messages[at];
        if (message->skipped) {
            finish(producer, delivery, 1);
            continue;
        }
        *error = send_one(producer, message, headers);
        if (*error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
            fail(delivery, message, *error);
            finish(producer, delivery, 1);
            *error = 0;
        }
        if (*error) return at;
    }
    return end;
}

uint32_t ck_send(
    ck_producer *producer, ck_delivery *delivery, uint32_t start, uint32_t end, const ck_headers *headers,
    int32_t *error) {
    *error = 0;
    uint32_t at = start;
    while (at < end && !*error) {
        uint32_t next = end - at > 64 ? at + 64 : end;
        pthread_rwlock_rdlock(&producer->gate);
        if (producer->is_stopped) *error = RD_KAFKA_RESP_ERR__PURGE_QUEUE;
        else at = send_some(producer, delivery, at, next, headers, error);
        pthread_rwlock_unlock(&producer->gate);
    }
    return at;
}

void ck_stop(ck_producer *producer) {
    pthread_rwlock_wrlock(&producer->gate);
    producer->is_stopped = true;
    pthread_rwlock_unlock(&producer->gate);
}

void ck_abandon(ck_producer *producer, ck_delivery *delivery, uint32_t start, uint32_t end, int32_t error) {
    for (uint32_t at = start; at < end; at++) {
        if (!delivery->messages[at].skipped) fail(delivery, &delivery->messages[at], error);
        finish(producer, delivery, 1);
    }
}

void ck_release(ck_producer *producer, ck_delivery *delivery) { finish(producer, delivery, 1); }

int32_t ck_poll(ck_producer *producer, int32_t milliseconds) {
    return producer->library->rd_kafka_poll(producer->handle, milliseconds);
}

void ck_wake(ck_producer *producer) {
    rd_kafka_queue_t *queue = producer->library->rd_kafka_queue_get_main(producer->handle);
    producer->library->rd_kafka_queue_yield(queue);
    producer->library->rd_kafka_queue_destroy(queue);
}

void ck_purge(ck_producer *producer, bool in_flight) {
    int flags = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING | (in_flight ? RD_KAFKA_PURGE_F_INFLIGHT : 0);
    producer->library->rd_kafka_purge(producer->handle, flags);
}

int32_t ck_take_error(ck_producer *producer) {
    int32_t error = producer->error;
    producer->error = 0;
    return error;
}

bool ck_has_found(const ck_producer *producer) {
    return atomic_load_explicit(&producer->has_found, memory_order_relaxed);
}

int32_t ck_fatal_error(ck_producer *producer, char *reason, size_t size) {
    return producer->library->rd_kafka_fatal_error(producer->handle, reason, size);
}
