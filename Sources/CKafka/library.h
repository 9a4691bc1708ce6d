// The functions of librdkafka that are used, with the types that its header gives them.
#ifndef CKAFKA_LIBRARY_H
#define CKAFKA_LIBRARY_H

#include "ckafka.h"

#include <pthread.h>
#include <stdatomic.h>

#define CK_FUNCTIONS(X) \
    X(rd_kafka_version) X(rd_kafka_version_str) X(rd_kafka_err2str) X(rd_kafka_err2name) \
    X(rd_kafka_conf_new) X(rd_kafka_conf_destroy) X(rd_kafka_conf_set) X(rd_kafka_conf_set_opaque) \
    X(rd_kafka_conf_set_dr_msg_cb) X(rd_kafka_conf_set_error_cb) X(rd_kafka_conf_set_log_cb) \
    X(rd_kafka_conf_set_oauthbearer_token_refresh_cb) X(rd_kafka_oauthbearer_set_token) \
    X(rd_kafka_oauthbearer_set_token_failure) \
    X(rd_kafka_new) X(rd_kafka_destroy) X(rd_kafka_opaque) X(rd_kafka_poll) X(rd_kafka_purge) \
    X(rd_kafka_topic_new) X(rd_kafka_topic_name) X(rd_kafka_topic_destroy) X(rd_kafka_topic_conf_new) X(rd_kafka_topic_conf_destroy) \
    X(rd_kafka_topic_conf_set_opaque) X(rd_kafka_topic_conf_set_partitioner_cb) \
    X(rd_kafka_default_topic_conf_dup) X(rd_kafka_topic_partition_available) \
    X(rd_kafka_msg_partitioner_murmur2) X(rd_kafka_produceva) X(rd_kafka_message_status) \
    X(rd_kafka_headers_new) X(rd_kafka_header_add) X(rd_kafka_headers_destroy) \
    X(rd_kafka_error_code) X(rd_kafka_error_destroy) X(rd_kafka_fatal_error) \
    X(rd_kafka_metadata) X(rd_kafka_metadata_destroy) \
    X(rd_kafka_queue_get_main) X(rd_kafka_queue_yield) X(rd_kafka_queue_new) X(rd_kafka_queue_destroy) X(rd_kafka_queue_poll) X(rd_kafka_event_destroy) \
    X(rd_kafka_event_error) X(rd_kafka_event_DescribeConfigs_result) X(rd_kafka_DescribeConfigs) \
    X(rd_kafka_DescribeConfigs_result_resources) X(rd_kafka_AdminOptions_new) X(rd_kafka_AdminOptions_destroy) \
    X(rd_kafka_AdminOptions_set_request_timeout) X(rd_kafka_ConfigResource_new) X(rd_kafka_ConfigResource_destroy) \
    X(rd_kafka_ConfigResource_error) X(rd_kafka_ConfigResource_configs) X(rd_kafka_ConfigEntry_name) \
    X(rd_kafka_ConfigEntry_value)

struct ck_library {
#define CK_FIELD(function) __typeof__(&function) function;
    CK_FUNCTIONS(CK_FIELD)
#undef CK_FIELD
};

struct ck_producer {
    const ck_library *library;
    rd_kafka_t *handle;
    ck_callbacks callbacks;
    void *context;
    ck_manner manner;
    // whoever sends holds `gate` to read, whoever stops the producer to write
    pthread_rwlock_t gate;
    bool is_stopped;
    // a message has found its partition: brokers were reached, and may have it
    _Atomic bool has_found;
    // on the thread that polls
    int32_t error;
    bool wants_token;
};

struct ck_delivery {
    ck_message *messages;
    // messages that were not reported, and one for whoever is still sending
    _Atomic uint32_t pending;
    _Atomic uint32_t failed;
    void *owner;
};

#endif
