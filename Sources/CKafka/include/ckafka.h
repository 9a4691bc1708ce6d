// librdkafka, loaded at run time: only its types are needed to build, and nothing of it to link.
//
// One binary serves all hosts that way: a build option would make two of them, and a library that is linked must be
// there before main. A host without librdkafka runs every other output.
#ifndef CKAFKA_H
#define CKAFKA_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ck_library ck_library;
typedef struct ck_producer ck_producer;
struct ck_delivery;

// One event on its way. librdkafka carries its address about, so it stays where it is until it was reported.
typedef struct ck_message {
    struct ck_delivery *delivery;
    const uint8_t *value;
    const uint8_t *key;
    const uint8_t *event_id;
    rd_kafka_topic_t *topic;
    // ms since 1970
    int64_t timestamp;
    uint32_t value_length;
    uint32_t key_length;
    uint32_t id_length;
    // without a key: the partition is this modulo how many there are
    uint32_t choice;
    // rd_kafka_resp_err_t of the report
    int32_t error;
    // rd_kafka_msg_status_t of the report
    uint8_t status;
    bool has_key;
    // not to be sent
    bool skipped;
} ck_message;

// Events that are answered together: so many messages, and what is still to be reported.
typedef struct ck_delivery ck_delivery;

typedef struct ck_callbacks {
    // All messages of a delivery were reported; on the thread that polls, or the one that sends.
    void (*completed)(void *owner);
    // Something is wrong with a broker, or with all (`RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN`); on the thread that polls.
    void (*failed)(void *context, int32_t error, const char *reason);
} ck_callbacks;

// A header that every record has.
typedef struct ck_header {
    const char *name;
    const uint8_t *value;
    size_t length;
} ck_header;

enum { ck_most_headers = 24 };

typedef struct ck_headers {
    bool event_id;
    const ck_header *fixed;
    size_t count;
} ck_headers;

// NULL, and why in `reason`, when the library is not there or too old. Never unloaded.
const ck_library *ck_library_open(const char *name, char *reason, size_t size);
const char *ck_library_version(const ck_library *library);
const char *ck_error_text(const ck_library *library, int32_t error);
const char *ck_error_name(const ck_library *library, int32_t error);

rd_kafka_conf_t *ck_conf_new(const ck_library *library);
void ck_conf_destroy(const ck_library *library, rd_kafka_conf_t *conf);
// False, and why in `reason`, when librdkafka does not take the property.
bool ck_conf_set(
    const ck_library *library, rd_kafka_conf_t *conf, const char *name, const char *value, char *reason, size_t size);

typedef struct ck_manner {
    // Chooses among the partitions only that have a leader.
    bool reachable_only;
    // Asks for its access tokens (`ck_wants_token`).
    bool gets_tokens;
} ck_manner;

// Takes the configuration, whether it succeeds or not.
ck_producer *ck_producer_new(
    const ck_library *library, rd_kafka_conf_t *conf, const ck_callbacks *callbacks, void *context,
    ck_manner manner, char *reason, size_t size);
// All messages have been reported and all topics given back.
void ck_producer_destroy(ck_producer *producer);
rd_kafka_topic_t *ck_topic_new(ck_producer *producer, const char *name);
void ck_topic_destroy(ck_producer *producer, rd_kafka_topic_t *topic);

// Puts messages into librdkafka's queue; their bytes are not copied. Returns the index of the first that was not taken,
// or `end`; `*error` says why: RD_KAFKA_RESP_ERR__QUEUE_FULL, or what nothing behind it may overtake. A message that is
// too large is reported at once, alone.
uint32_t ck_send(
    ck_producer *producer, ck_delivery *delivery, uint32_t start, uint32_t end, const ck_headers *headers,
    int32_t *error);
// Nothing is sent any more once this has returned: `ck_send` answers with RD_KAFKA_RESP_ERR__PURGE_QUEUE. What is purged
// then was all there was, and nothing that comes behind it can overtake.
void ck_stop(ck_producer *producer);
// Reports messages that are not to be sent after all.
void ck_abandon(ck_producer *producer, ck_delivery *delivery, uint32_t start, uint32_t end, int32_t error);
// Whoever was sending is done.
void ck_release(ck_producer *producer, ck_delivery *delivery);
ck_delivery *ck_delivery_new(uint32_t capacity);
void ck_delivery_free(ck_delivery *delivery);
ck_message *ck_delivery_messages(ck_delivery *delivery);
// The messages have been filled in; whoever sends them holds the delivery until `ck_release`.
void ck_delivery_begin(ck_delivery *delivery, uint32_t count, void *owner);
uint32_t ck_delivery_failed(const ck_delivery *delivery);

// Waits for reports and hands them out; returns how many there were.
int32_t ck_poll(ck_producer *producer, int32_t milliseconds);
// Lets the thread that waits in `ck_poll` go on.
void ck_wake(ck_producer *producer);
// What waits is reported as RD_KAFKA_RESP_ERR__PURGE_QUEUE, and what is under way as ..._INFLIGHT, if asked for.
void ck_purge(ck_producer *producer, bool in_flight);
// The first error that was reported since the last call, or 0; for the thread that polls.
int32_t ck_take_error(ck_producer *producer);
// Whether a message has found its partition. Until then none was sent, and none can be there twice.
bool ck_has_found(const ck_producer *producer);
// Whether an access token was asked for since the last call; for the thread that polls.
bool ck_wants_token(ck_producer *producer);
enum { ck_most_extensions = 16 };
// Hands over a token: `expiry` in ms since 1970; `extensions` are so many names and values one behind the other, each
// with its NUL. False, and why in `reason`, when librdkafka does not take it.
bool ck_set_token(
    ck_producer *producer, const char *token, int64_t expiry, const char *principal, const char *extensions,
    size_t count, char *reason, size_t size);
// There is none: it is asked for again in ten seconds.
void ck_no_token(ck_producer *producer, const char *reason);
// The error that ended an idempotent producer, or 0.
int32_t ck_fatal_error(ck_producer *producer, char *reason, size_t size);

typedef struct ck_cluster {
    int32_t brokers;
    int32_t partitions;
    int32_t topic_error;
    char first_broker[256];
} ck_cluster;

// Asks the cluster for itself and, unless NULL, for a topic; an rd_kafka_resp_err_t.
int32_t ck_ask_cluster(ck_producer *producer, rd_kafka_topic_t *topic, int32_t milliseconds, ck_cluster *cluster);
// The topic's `max.message.bytes`, or 0 where the cluster does not tell.
int64_t ck_topic_limit(ck_producer *producer, const rd_kafka_topic_t *topic, int32_t milliseconds);

#endif
