// What an empty store shows: how to send the first line.
import { h, copyButton } from "./dom.js";

export function firstSteps(status) {
    const here = location.origin;
    const lumberjack = status.listeners?.lumberjack ?? "127.0.0.1:5044";
    const steps = [
        ["One line, with curl", `curl -d '{"message":"hello","level":"info","service":"me"}' ${here}/ingest`],
        ["A file, with needletail", `needletail ship app.log --to lumberjack://${lumberjack}`],
        ["What Filebeat, Logstash or Fluent Bit ship", `output.logstash.hosts: ["${lumberjack}"]\noutput.elasticsearch.hosts: ["${here}"]`],
        ["OpenTelemetry", `OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf\nOTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${here}/v1/logs`],
    ];
    return [
        h("h2", {}, "No line has come yet"),
        h("p", {}, "The store is empty. Send it something, and it shows here at once:"),
        ...steps.map(([title, text]) => h("section", { class: "step" },
            h("h3", {}, title),
            h("div", { class: "command" }, h("pre", { tabindex: "0" }, text), copyButton("copy", () => text, { "aria-label": `Copy: ${title}` })))),
    ];
}
