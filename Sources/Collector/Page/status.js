// Who ships to this collector, and how the store is.
import { $, h, visible, clip, count, bytes, plural } from "./dom.js";
import { get, cancel } from "./api.js";
import { trouble } from "./trouble.js";
import { ago, day, clock } from "./time.js";

const interval = 2000;
let timer = 0;
let isShown = false;

export function show() {
    if (isShown && $("main").querySelector(".status")) return;
    isShown = true;
    $("main").replaceChildren(h("div", { class: "status" }, h("p", { class: "quiet", role: "status" }, "Loading …")));
    refresh();
}

export function unmount() {
    isShown = false;
    clearTimeout(timer);
    cancel("agents");
    cancel("status");
}

async function refresh() {
    clearTimeout(timer);
    if (!document.hidden) {
        try {
            const [agents, status] = await Promise.all([get("agents", "agents"), get("status", "status")]);
            if (isShown && agents && status) {
                trouble("");
                fill(agents.agents, status);
            }
        } catch (error) {
            if (isShown) trouble(error.message);
        }
    }
    if (isShown) timer = setTimeout(refresh, interval);
}

function fill(agents, status) {
    const box = $("main").querySelector(".status");
    if (!box) return;
    const top = box.scrollTop;
    box.replaceChildren(
        h("section", { "aria-labelledby": "agents-title" },
            h("h1", { id: "agents-title" }, "Agents"),
            agents.length ? agentTable(agents) : h("p", { class: "quiet" }, "Nobody has shipped anything yet. The Lines page says how.")),
        h("section", { "aria-labelledby": "store-title" }, h("h1", { id: "store-title" }, "Store"), facts(storeFacts(status))),
        h("section", { "aria-labelledby": "receiving-title" }, h("h1", { id: "receiving-title" }, "Receiving"), facts(receivingFacts(status))));
    box.scrollTop = top;
}

function agentTable(agents) {
    const head = ["", "Name", "Agent", "Address", "Protocol", "Last seen", "Lag", "Rate", "Events", "Bytes"];
    const sorted = [...agents].sort((a, b) => (b.last_seen ?? "").localeCompare(a.last_seen ?? ""));
    return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Table of agents" }, h("table", { class: "agents" },
        h("thead", {}, h("tr", {}, head.map((text, index) => h("th", { scope: "col", class: index > 5 ? "number" : null }, text || h("span", { class: "unseen" }, "State"))))),
        h("tbody", {}, sorted.map((agent) => h("tr", {},
            h("td", {}, h("i", { class: `state ${agent.connected ? "on" : "off"}`, title: agent.connected ? "connected" : "not connected" }), h("span", { class: "unseen" }, agent.connected ? "connected" : "not connected")),
            h("th", { scope: "row" }, visible(clip(agent.name || agent.host || "?", 100))),
            h("td", {}, visible(clip([agent.agent, agent.version].filter(Boolean).join(" "), 60))),
            h("td", {}, visible(clip(agent.address ?? "", 60))),
            h("td", {}, agent.protocol),
            h("td", { title: agent.last_seen }, ago(agent.last_seen)),
            h("td", { class: `number${agent.lag_s > 60 ? " bad" : ""}` }, lag(agent.lag_s)),
            h("td", { class: "number" }, `${count(Math.round((agent.events_per_s ?? 0) * 10) / 10)}/s`),
            h("td", { class: "number" }, count(agent.events)),
            h("td", { class: "number" }, bytes(agent.bytes)))))));
}

function lag(seconds) {
    if (seconds === null || seconds === undefined) return "–";
    if (seconds < 10) return `${seconds.toFixed(1)} s`;
    if (seconds < 120) return `${Math.round(seconds)} s`;
    return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const moment = (text) => (text ? `${day(new Date(text))} ${clock(new Date(text))}` : "–");

function storeFacts({ store, queue }) {
    const share = store.raw_bytes ? ` (${Math.round((100 * store.bytes) / store.raw_bytes)} % of the raw bytes)` : "";
    return [
        ["Events", count(store.events)],
        ["On disk", bytes(store.bytes) + share],
        ["Files", plural(store.segments, "file", "files")],
        ["First arrival", moment(store.oldest)],
        ["Last arrival", moment(store.newest)],
        ["Waiting to be stored", queue ? bytes(queue.bytes) + (queue.limit ? ` of ${bytes(queue.limit)}` : "") : "–"],
    ];
}

function receivingFacts({ receiving, listeners }) {
    const protocols = Object.entries(receiving.protocols ?? {}).map(([name, value]) => [name, `${count(value.events)} events`]);
    return [
        ["Events", count(receiving.events)],
        ["Sent twice, stored once", count(receiving.duplicates)],
        ["Refused", count(receiving.refused)],
        ...protocols,
        ...Object.entries(listeners ?? {}).filter(([, value]) => value).map(([name, value]) => [`Listening: ${name}`, value]),
    ];
}

function facts(pairs) {
    return h("dl", { class: "fact-list" }, pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}
