extension InputTable {
    /// Files are always known by fingerprint, device and inode; buffers and polling are the agent's own business.
    static let harmless = [
        "file_identity.native", "file_identity.fingerprint", "prospector.scanner.fingerprint",
        "harvester_buffer_size", "buffer_size", "backoff", "backoff_factor", "max_backoff",
        "close.on_state_change.check_interval", "scan", "allow_deprecated_use", "include_file_fingerprint",
        "legacy_clean_inactive",
    ]

    static let foreign = [
        ForeignSetting(
            "file_identity.path", "files are known by content, device and inode here: use file_identity.fingerprint",
            always: true),
        ForeignSetting(
            "file_identity.inode_marker",
            "files are known by content, device and inode here: use file_identity.fingerprint", always: true),
        ForeignSetting("prospector.scanner.resend_on_touch"),
        ForeignSetting("processors"),
        ForeignSetting("multiline"),
        ForeignSetting("json.process_array"),
        ForeignSetting("compression", "ship finished .gz files with 'needletail ship'"),
        ForeignSetting("gzip_experimental", "ship finished .gz files with 'needletail ship'"),
        ForeignSetting("rotation"),
        ForeignSetting("take_over", "remove it after the input has read its files once"),
        ForeignSetting("delete", "let logrotate remove files"),
        ForeignSetting("seek_to_tail", "use ignore_inactive: since_first_start"),
        ForeignSetting("tail_files", "use ignore_inactive: since_first_start"),
        ForeignSetting("read_until_eof"),
        ForeignSetting("allow_deprecated_id_duplication", "give each input its own id"),
        ForeignSetting("include_file_owner_name"),
        ForeignSetting("include_file_owner_group_name"),
        ForeignSetting("keep_null"),
        ForeignSetting("pipeline"),
        ForeignSetting("publisher_pipeline"),
        ForeignSetting("docker-json"),
        ForeignSetting("containers"),
        ForeignSetting("stream"),
        ForeignSetting("format"),
    ]

    /// Inputs of Filebeat's that are not files.
    static let foreignTypes: Set<String> = [
        "container", "docker", "journald", "syslog", "tcp", "udp", "unix", "kafka", "redis", "mqtt", "http_endpoint",
        "httpjson", "cel", "streaming", "winlog", "etw", "unifiedlogs", "aws-s3", "aws-cloudwatch", "azure-eventhub",
        "azure-blob-storage", "gcs", "gcp-pubsub", "cloudfoundry", "cometd", "salesforce", "o365audit",
        "entity-analytics", "netflow", "akamai", "benchmark",
    ]

    static let foreignParsers: Set<String> = ["multiline", "container", "syslog", "include_message", "auditd"]
}

extension ConfigReader {
    mutating func refuseInputType(_ type: String, _ place: Place) {
        let known = ["filestream", "log", "stdin"]
        if InputTable.foreignTypes.contains(type) {
            problems.add(
                .notSupported, place,
                "the input type '\(type)' is known to Filebeat, but Needletail does not have it yet; "
                    + "it has \(known.joined(separator: ", "))")
        } else {
            let guess = Suggestion.nearest(to: type, among: known).map { "; did you mean '\($0)'?" } ?? ""
            problems.add(.value, place, "unknown input type '\(type)'\(guess)")
        }
    }
}
