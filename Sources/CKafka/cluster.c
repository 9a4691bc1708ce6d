// What a cluster says of itself.
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int32_t ck_ask_cluster(ck_producer *producer, rd_kafka_topic_t *topic, int32_t milliseconds, ck_cluster *cluster) {
    const ck_library *library = producer->library;
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t error = library->rd_kafka_metadata(producer->handle, 0, topic, &metadata, milliseconds);
    if (error) return error;
    *cluster = (ck_cluster){.brokers = metadata->broker_cnt};
    if (metadata->broker_cnt > 0)
        snprintf(
            cluster->first_broker, sizeof cluster->first_broker, "%s:%d", metadata->brokers[0].host,
            metadata->brokers[0].port);
    if (topic && metadata->topic_cnt > 0) {
        cluster->partitions = metadata->topics[0].partition_cnt;
        cluster->topic_error = metadata->topics[0].err;
    }
    library->rd_kafka_metadata_destroy(metadata);
    return 0;
}

static int64_t limit_of(const ck_library *library, const rd_kafka_ConfigResource_t *resource) {
    if (library->rd_kafka_ConfigResource_error(resource)) return 0;
    size_t count = 0;
    const rd_kafka_ConfigEntry_t **entries = library->rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t index = 0; index < count; index++) {
        const char *name = library->rd_kafka_ConfigEntry_name(entries[index]);
        const char *value = library->rd_kafka_ConfigEntry_value(entries[index]);
        if (name && value && strcmp(name, "max.message.bytes") == 0) return atoll(value);
    }
    return 0;
}

int64_t ck_topic_limit(ck_producer *producer, const rd_kafka_topic_t *topic, int32_t milliseconds) {
    const ck_library *library = producer->library;
    char reason[256];
    int64_t limit = 0;
    rd_kafka_queue_t *queue = library->rd_kafka_queue_new(producer->handle);
    rd_kafka_AdminOptions_t *options =
        library->rd_kafka_AdminOptions_new(producer->handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    library->rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, reason, sizeof reason);
    rd_kafka_ConfigResource_t *resource = 
        library->rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, library->rd_kafka_topic_name(topic));
    library->rd_kafka_DescribeConfigs(producer->handle, &resource, 1, options, queue);
    rd_kafka_event_t *event = library->rd_kafka_queue_poll(queue, milliseconds + 500);
    if (event && !library->rd_kafka_event_error(event)) {
        const rd_kafka_DescribeConfigs_result_t *result = library->rd_kafka_event_DescribeConfigs_result(event);
        size_t count = 0;
        const rd_kafka_ConfigResource_t **resources =
            result ? library->rd_kafka_DescribeConfigs_result_resources(result, &count) : NULL;
        if (count > 0) limit = limit_of(library, resources[0]);
    }
    if (event) library->rd_kafka_event_destroy(event);
    library->rd_kafka_ConfigResource_destroy(resource);
    library->rd_kafka_AdminOptions_destroy(options);
    library->rd_kafka_queue_destroy(queue);
    return limit;
}
