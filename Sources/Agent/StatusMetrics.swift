import Publishing

/// `/metrics`: the text format of Prometheus, version 0.0.4.
///
/// Labels are bounded: names of configured pipelines, and the fixed words of reasons, causes and file states. No label
/// ever holds a path, a host or a message.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
package enum StatusMetrics {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package static func render(_ status: AgentStatus) -> String {
        var page = MetricsPage()
        page.agent(status)
        page.ledger(status.pipelines)
        page.deadLetters(status.pipelines)
        page.delivery(status.pipelines)
        page.reading(status.pipelines)
        if let usage = status.usage { page.process(usage, started: status.started) }
        return page.text
    }
}

private struct MetricsPage {
    private(set) var text = ""

    enum Kind: String { case counter, gauge }

    mutating func agent(_ status: AgentStatus) {
        family("build_info", .gauge, "Version of the agent; always 1.")
        sample("build_info", [("version", status.version)], "1")
        family("start_time_seconds", .gauge, "When the agent started, in seconds since 1970.")
        sample("start_time_seconds", [], HumanText.decimal(Double(status.started) / 1000, places: 3))
        family("registry_failing", .gauge, "1 while positions cannot be stored.")
        sample("registry_failing", [], status.registryTrouble == nil ? "0" : "1")
        family("config_warnings", .gauge, "Warnings that the configuration was loaded with.")
        sample("config_warnings", [], String(status.configWarnings.count))
    }

    mutating func ledger(_ pipelines: [PipelineStatus]) {
        each(pipelines, "read_bytes_total", .counter, "Bytes read from files.") { $0.readBytes }
        family("settled_bytes_total", .counter, "Bytes that need not be read again, by reason.")
        for pipeline in pipelines {
            for settled in pipeline.settled {
                let labels = [("pipeline", pipeline.name), ("reason", settled.reason)]
                sample("settled_bytes_total", labels, String(settled.bytes))
            }
        }
        each(pipelines, "pending_bytes", .gauge, "Bytes read and not settled.") { $0.pendingBytes }
        each(pipelines, "unaccounted_bytes", .gauge, "Bytes read, neither settled nor pending; always 0.") {
            $0.unaccountedBytes
        }
        each(pipelines, "read_events_total", .counter, "Events read.") { $0.eventsRead }
        family("settled_events_total", .counter, "Events that need not be read again, by reason.")
        for pipeline in pipelines {
            for (reason, count) in [
                ("delivered", pipeline.eventsDelivered), ("filtered", pipeline.eventsFiltered),
                ("dead_letter", pipeline.eventsDeadLettered),
            ] {
                sample("settled_events_total", [("pipeline", pipeline.name), ("reason", reason)], String(count))
            }
        }
    }

    mutating func deadLetters(_ pipelines: [PipelineStatus]) {
        each(pipelines, "dead_letters_evicted_total", .counter, "Dead letters deleted because there were too many.") {
            $0.deadLettersEvicted
        }
    }

    mutating func delivery(_ pipelines: [PipelineStatus]) {
        each(pipelines, "batches_total", .counter, "Batches made.") { $0.batches }
        each(pipelines, "retries_total", .counter, "Deliveries sent again.") { $0.retries }
        family("delivery_failures_total", .counter, "Deliveries that failed, by cause.")
        for pipeline in pipelines {
            for failure in pipeline.failures {
                let labels = [("pipeline", pipeline.name), ("cause", failure.cause)]
                sample("delivery_failures_total", labels, String(failure.count))
            }
        }
        each(
            pipelines, "partial_success_rejected_events_total", .counter,
            "Events that a server said it left out of a request that it took."
        ) { $0.eventsLeftOut }
        each(
            pipelines, "labels_replaced_events_total", .counter,
            "Events with a label whose value was replaced, so that streams stay few."
        ) { $0.labelsReplaced }
        each(pipelines, "in_flight_deliveries", .gauge, "Deliveries sent and not answered.") { $0.inFlightDeliveries }
        each(pipelines, "in_flight_bytes", .gauge, "Bytes of lines sent and not answered.") { $0.inFlightBytes }
        each(pipelines, "budget_bytes", .gauge, "Bytes that may be between reading and settlement.") {
            $0.budgetBytes
        }
        each(pipelines, "budget_used_bytes", .gauge, "Bytes between reading and settlement.") { $0.budgetUsedBytes }
        each(pipelines, "output_failing", .gauge, "1 while deliveries fail.") { $0.lastFailure == nil ? 0 : 1 }
        each(pipelines, "paused", .gauge, "1 while reading waits.") { $0.paused == nil ? 0 : 1 }
    }

    mutating func reading(_ pipelines: [PipelineStatus]) {
        each(pipelines, "lag_bytes", .gauge, "Bytes in files that are not settled.") { $0.lagBytes }
        family("lag_seconds", .gauge, "Age of the oldest line read and not settled.")
        for pipeline in pipelines {
            sample("lag_seconds", [("pipeline", pipeline.name)], HumanText.decimal(pipeline.lag.inSeconds, places: 3))
        }
        family("files", .gauge, "Files known, with something left to read (active), and open.")
        for pipeline in pipelines {
            for (state, count) in [
                ("known", pipeline.filesKnown), ("active", pipeline.filesActive), ("open", pipeline.filesOpen),
            ] {
                sample("files", [("pipeline", pipeline.name), ("state", state)], String(count))
            }
        }
        each(pipelines, "invalid_utf8_lines_total", .counter, "Lines with bytes that were no UTF-8.") {
            $0.invalidUTF8Lines
        }
        each(pipelines, "parse_errors_total", .counter, "Lines that the parser could not decode.") { $0.parseErrors }
    }

    /// The names that every Prometheus client gives these.
    mutating func process(_ usage: ProcessUsage, started: Int64) {
        family("process_cpu_seconds_total", .counter, "CPU time of the process.", prefix: "")
        sample("process_cpu_seconds_total", [], HumanText.decimal(usage.cpu.inSeconds, places: 3), prefix: "")
        family("process_resident_memory_bytes", .gauge, "Resident memory of the process.", prefix: "")
        sample("process_resident_memory_bytes", [], String(usage.residentBytes), prefix: "")
        family("process_open_fds", .gauge, "Open file descriptors of the process.", prefix: "")
        sample("process_open_fds", [], String(usage.openDescriptors), prefix: "")
    }

    private mutating func each(
        _ pipelines: [PipelineStatus], _ name: String, _ kind: Kind, _ help: String,
        _ value: (PipelineStatus) -> some BinaryInteger
    ) {
        family(name, kind, help)
        for pipeline in pipelines { sample(name, [("pipeline", pipeline.name)], String(value(pipeline))) }
    }

    private mutating func family(_ name: String, _ kind: Kind, _ help: String, prefix: String = "needletail_") {
        text += "# HELP \(prefix)\(name) \(help)\n# TYPE \(prefix)\(name) \(kind.rawValue)\n"
    }

    private mutating func sample(
        _ name: String, _ labels: [(String, String)], _ value: String, prefix: String = "needletail_"
    ) {
        text += prefix + name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.0)=\"\(MetricsPage.escaped($0.1))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " " + value + "\n"
    }

    /// A label's value: backslash, quote and line feed are escaped, as the format asks.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
