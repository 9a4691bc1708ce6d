import CKafka
import Publishing

/// What a delivery report means for its event.
///
/// | report | event |
/// |---|---|
/// | no error | delivered |
/// | INVALID_RECORD, INVALID_MSG, INVALID_MSG_SIZE, INVALID_TIMESTAMP, INVALID_TOPIC | rejected |
/// | MSG_SIZE_TOO_LARGE, RECORD_LIST_TOO_LARGE | rejected if it was alone in its batch; else retry in smaller ones |
/// | anything else | retry |
///
/// Rights that are missing, a topic that is not there, too few replicas: an operator puts them right, so the events
/// wait. What librdkafka can mend by sending again it has mended before it reports.
enum ReportRule: Equatable {
    case delivered
    case retry
    case tooLarge
    case rejected(reason: String)

    init(_ error: Int32) {
        switch rd_kafka_resp_err_t(rawValue: error) {
        case RD_KAFKA_RESP_ERR_NO_ERROR: self = .delivered
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: self = .tooLarge
        case RD_KAFKA_RESP_ERR_INVALID_RECORD: self = .rejected(reason: "kafka_invalid_record")
        case RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
            self = .rejected(reason: "kafka_invalid_msg")
        case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP: self = .rejected(reason: "kafka_invalid_timestamp")
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION: self = .rejected(reason: "kafka_invalid_topic")
        default: self = .retry
        }
    }

    /// The kind of failure that an error to be retried is, for metrics.
    static func label(_ error: Int32) -> Reply.Failure.Label {
        switch rd_kafka_resp_err_t(rawValue: error) {
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
            .timeout
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE: .connect
        case RD_KAFKA_RESP_ERR__SSL: .tls
        case RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: .reset
        default: .status
        }
    }
}
