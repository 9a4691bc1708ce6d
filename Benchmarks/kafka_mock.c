// Mock brokers of librdkafka's, to measure against: kafka_mock TOPIC PARTITIONS. Prints BROKERS=host:port and serves until
// standard input ends. Built by kafka.py: cc -O2 kafka_mock.c -lrdkafka
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "3", error, sizeof error);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    rd_kafka_mock_cluster_t *cluster = client && count == 3 ? rd_kafka_mock_cluster_new(client, 1) : NULL;
    if (!cluster) return 1;
    rd_kafka_mock_topic_create(cluster, words[1], atoi(words[2]), 1);
    printf("BROKERS=%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    while (getchar() != EOF) {
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
    return 0;
}
