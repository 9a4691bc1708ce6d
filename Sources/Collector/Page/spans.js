// The spans of a trace as a tree, each with its time as a bar.
import { h, visible, clip, plural } from "./dom.js";
import { level } from "./levels.js";
import { duration, precise } from "./time.js";

const deepest = 60;
const most = 1000;

export function spanTree(trace, choose) {
    const begin = precise(trace.from);
    const total = Math.max(precise(trace.to) - begin, 0.001);
    const lane = new Map(trace.services.map((name, index) => [name, index]));
    const rows = [];
    const walk = (spans, depth) => {
        for (const span of spans) {
            if (rows.length >= most) return;
            rows.push(row(span, depth, trace, { begin, total, lane, choose }));
            walk(span.children ?? [], Math.min(depth + 1, deepest));
        }
    };
    walk(trace.spans, 0);
    const isLong = rows.length > 30;
    const box = h("details", { class: "spans" }, h("summary", {}, plural(rows.length, "span", "spans")), h("div", { class: "span-rows", role: "tree", "aria-label": "Spans" }, rows));
    box.open = !isLong;
    return box;
}

function row(span, depth, trace, { begin, total, lane, choose }) {
    const lines = span.events.map((index) => trace.events[index]).filter(Boolean);
    const isBad = lines.some((line) => ["error", "fatal"].includes(level(line.level)));
    const [from, to] = [precise(span.from), precise(span.to)];
    const bar = h("i", { class: `span-time lane-${(lane.get(span.service) ?? 0) % 8}` });
    bar.style.setProperty("--from", `${((from - begin) / total) * 100}%`);
    bar.style.setProperty("--size", `${Math.max(0.4, ((to - from) / total) * 100)}%`);
    const label = h("span", { class: "span-label" },
        h("i", { class: `dot lane-${(lane.get(span.service) ?? 0) % 8}` }),
        h("b", {}, visible(clip(span.service || "(no service)", 60))), " ",
        h("span", { class: "quiet" }, visible(clip(String(lines[0]?.message ?? span.span_id), 120))));
    label.style.setProperty("--depth", String(Math.min(depth, 12)));
    return h("button", {
        type: "button", class: `span-row${isBad ? " bad" : ""}`, role: "treeitem", "aria-level": String(depth + 1),
        title: `span ${clip(span.span_id, 64)}`, onclick: () => span.events.length && choose(span.events[0]),
    }, label, h("span", { class: "span-track" }, bar), h("span", { class: "span-size" }, duration(to - from)), isBad ? h("span", { class: "unseen" }, "with errors") : null);
}
