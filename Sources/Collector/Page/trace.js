// One trace: services as lanes over time, the spans as a tree, the lines beneath with the gaps between them.
import { $, h, visible, clip, copyButton, plural, count, announce } from "./dom.js";
import { get } from "./api.js";
import { state, address } from "./state.js";
import { trouble } from "./trouble.js";
import { level, short } from "./levels.js";
import { duration, precise, spanText, clock } from "./time.js";
import { details } from "./event.js";
import { lanes } from "./lanes.js";
import { spanTree } from "./spans.js";

const linesAtOnce = 500;
let shown = "";
let observer = null;
let rows = [];
let current = -1;

export async function show({ again = false } = {}) {
    if (shown === state.trace && !again && $("main").querySelector(".trace")) return;
    shown = state.trace;
    const id = state.trace;
    if (!again) $("main").replaceChildren(h("div", { class: "trace" }, h("p", { class: "quiet", role: "status" }, "Loading the trace …")));
    let trace;
    try {
        trace = await get("trace", `trace/${encodeURIComponent(id)}`, { brief: 1 });
    } catch (error) {
        if (error.status !== 404) { trouble(error.message); return; }
        trace = { trace_id: id, services: [], events: [], spans: [] };
    }
    if (!trace || state.trace !== id) return;
    trouble("");
    fill(trace);
}

export function unmount() {
    shown = "";
    observer?.disconnect();
    rows = [];
    current = -1;
}

function fill(trace) {
    const box = h("div", { class: "trace" }, head(trace));
    rows = [];
    current = -1;
    $("main").replaceChildren(box);
    if (!trace.events.length) {
        box.append(h("div", { class: "hint" }, h("h2", {}, "No line has this trace id"),
            h("p", {}, "It may not have arrived yet, or its day was dropped from the store."),
            h("p", { class: "actions" }, h("button", { type: "button", onclick: () => show({ again: true }) }, "Look again"))));
        return;
    }
    const picture = h("section", { class: "lanes", "aria-label": "Services over time" });
    box.append(picture);
    observer?.disconnect();
    observer = new ResizeObserver(() => picture.replaceChildren(...lanes(trace, picture.clientWidth, (index) => focus(index))));
    observer.observe(picture);
    if (trace.spans?.length) box.append(spanTree(trace, (index) => focus(index)));
    box.append(lines(trace));
    announce(`Trace of ${plural(trace.events.length, "line", "lines")} over ${plural(trace.services.length, "service", "services")}`);
}

function head(trace) {
    const errors = trace.events.filter((line) => ["error", "fatal"].includes(level(line.level))).length;
    const [from, to] = [precise(trace.from), precise(trace.to)];
    return h("header", { class: "trace-head" },
        h("h1", {}, "Trace ", h("code", {}, visible(clip(trace.trace_id, 200)))),
        h("p", { class: "facts" },
            trace.events.length ? h("span", {}, h("b", {}, duration(to - from))) : null,
            h("span", {}, plural(trace.services.length, "service", "services")),
            h("span", {}, plural(trace.events.length, "line", "lines"), trace.cut ? " (the first)" : ""),
            errors ? h("span", { class: "bad" }, plural(errors, "error", "errors")) : h("span", {}, "no errors"),
            trace.events.length ? h("span", { class: "quiet" }, spanText(from, to)) : null),
        h("p", { class: "actions" },
            h("a", { class: "button", href: address({ view: "lines", trace: "", q: `trace_id:${/^[\w-]+$/.test(trace.trace_id) ? trace.trace_id : JSON.stringify(trace.trace_id)}`, since: "all", from: "", to: "", event: "" }) }, "As a search"),
            trace.url && /^https?:\/\//.test(trace.url) ? h("a", { class: "button", href: trace.url, target: "_blank", rel: "noreferrer noopener" }, "In the trace viewer") : null,
            copyButton("Copy id", () => trace.trace_id), copyButton("Copy link", () => location.href)));
}

function lines(trace) {
    const start = precise(trace.from);
    const total = Math.max(precise(trace.to) - start, 0.001);
    const lane = new Map(trace.services.map((name, index) => [name, index]));
    const list = h("div", { class: "trace-lines", role: "list", "aria-label": "Lines of the trace, oldest first" });
    const add = (from) => {
        for (const [index, line] of trace.events.slice(from, from + linesAtOnce).entries()) {
            const gap = line.gap_ms ?? 0;
            if (from + index > 0 && gap >= Math.max(total * 0.08, 0.5)) list.append(gapElement(gap, total));
            list.append(lineElement(line, from + index, precise(line.time) - start, lane.get(line.service) ?? 0));
        }
    };
    add(0);
    const box = h("section", { class: "beneath", "aria-label": "Lines of the trace" }, list);
    if (trace.events.length > linesAtOnce) {
        const more = h("button", { type: "button", onclick: () => { add(rows.length); if (rows.length >= trace.events.length) more.remove(); } },
            `Show more of ${count(trace.events.length)} lines`);
        box.append(more);
    }
    return box;
}

/** The longer the silence, the higher the gap. */
function gapElement(gap, total) {
    const element = h("div", { class: "gap", role: "note" }, h("span", {}, `${duration(gap)} later`));
    element.style.setProperty("--share", String(Math.min(1, gap / total)));
    return element;
}

function lineElement(line, index, offset, lane) {
    const name = level(line.level);
    const head = h("div", { class: "line", role: "button", tabindex: index === 0 ? "0" : "-1", "aria-expanded": "false" },
        h("time", { datetime: line.time, title: line.time }, clock(new Date(line.time), { millis: true })),
        h("span", { class: "offset" }, `+${duration(offset)}`),
        h("span", { class: `level level-${name}` }, short[name]),
        h("span", { class: "service" }, h("i", { class: `dot lane-${lane % 8}` }), visible(clip(String(line.service ?? ""), 80))),
        h("bdi", { class: "text" }, visible(clip(String(line.message ?? ""), 600))));
    const row = h("div", { class: `row is-${name}`, role: "listitem" }, head);
    head.addEventListener("click", () => { current = index; toggle(); });
    head.addEventListener("focus", () => { current = index; });
    rows[index] = { row, head, line, body: null };
    return row;
}

export function toggle() {
    const entry = rows[current];
    if (!entry) return;
    if (entry.body) {
        entry.body.remove();
        entry.body = null;
    } else {
        entry.body = details(entry.line, () => {});
        entry.row.append(entry.body);
    }
    entry.head.setAttribute("aria-expanded", String(Boolean(entry.body)));
}

export function closeLast() {
    const index = rows.findLastIndex((entry) => entry.body);
    if (index < 0) return false;
    focus(index);
    toggle();
    return true;
}

function focus(index) {
    if (!rows[index]) return;
    current = index;
    rows[index].head.focus();
    rows[index].row.scrollIntoView({ block: "nearest" });
}

export const move = (step) => focus(Math.max(0, Math.min(rows.length - 1, current + step)));
export const toEnd = (isLast) => focus(isLast ? rows.length - 1 : 0);
