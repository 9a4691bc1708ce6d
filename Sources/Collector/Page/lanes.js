// The picture of a trace: a lane for each service, a mark for each line, a bar for each span, silence hatched.
import { svg, h, clip } from "./dom.js";
import { level } from "./levels.js";
import { duration, precise } from "./time.js";

const laneHeight = 30;
const axis = 18;

/** @returns the elements: the names beside the picture, the picture itself. */
export function lanes(trace, width, choose) {
    const narrow = width < 640;
    const left = narrow ? 84 : 150;
    const right = 14;
    const [from, to] = [precise(trace.from), precise(trace.to)];
    const span = Math.max(to - from, 0.001);
    const room = Math.max(50, width - left - right);
    const x = (time) => left + ((precise(time) - from) / span) * room;
    const services = trace.services;
    const lane = new Map(services.map((name, index) => [name, index]));
    const tall = services.length * laneHeight + axis;
    const picture = svg("svg", { width, height: tall, role: "img", "aria-label": summary(trace) },
        ...hatch(), ...silences(trace, x, tall - axis, span),
        ...services.flatMap((name, index) => base(name, index, left, width, narrow)),
        ...flatSpans(trace.spans ?? []).map((entry) => bar(entry, lane, x)),
        ...marks(trace, lane, x, choose),
        ...ticks(left, room, span, tall, narrow));
    return [picture];
}

function summary(trace) {
    const parts = trace.services.map((name) => `${name}: ${trace.events.filter((line) => line.service === name).length} lines`);
    return `Lanes over time. ${parts.join(", ")}`;
}

function base(name, index, left, width, narrow) {
    const y = index * laneHeight + laneHeight / 2;
    const label = name || "(no service)";
    const text = svg("text", { class: "lane-name", x: narrow ? 8 : 16, y: y + 4 }, label.length > (narrow ? 10 : 18) ? `${clip(label, narrow ? 9 : 17)}…` : label);
    text.append(svg("title", {}, label));
    return [svg("line", { class: "lane-line", x1: left, x2: width - 8, y1: y, y2: y }), text];
}

function flatSpans(spans, depth = 0, found = []) {
    for (const span of spans) {
        if (found.length >= 2000 || depth > 100) break;
        found.push(span);
        flatSpans(span.children ?? [], depth + 1, found);
    }
    return found;
}

function bar(span, lane, x) {
    const index = lane.get(span.service) ?? 0;
    const [start, end] = [x(span.from), x(span.to)];
    return svg("rect", {
        class: `span-bar lane-${index % 8}`, x: start.toFixed(1), y: index * laneHeight + 6, rx: 3,
        width: Math.max(3, end - start).toFixed(1), height: laneHeight - 12,
    });
}

/** A mark per line; on one pixel of a lane the worst is kept. */
function marks(trace, lane, x, choose) {
    const places = new Map();
    const rank = (line) => ["unknown", "trace", "debug", "info", "warning", "error", "fatal"].indexOf(level(line.level));
    trace.events.forEach((line, index) => {
        const row = lane.get(line.service) ?? 0;
        const key = row * 100000 + Math.round(x(line.time));
        const before = places.get(key);
        if (!before || rank(line) > rank(before.line)) places.set(key, { line, index, row });
    });
    return [...places.values()].sort((a, b) => rank(a.line) - rank(b.line)).map(({ line, index, row }) => mark(line, index, row, x(line.time), choose));
}

function mark(line, index, row, x, choose) {
    const name = level(line.level);
    const y = row * laneHeight + laneHeight / 2;
    const isBad = name === "error" || name === "fatal";
    const shape = isBad
        ? svg("path", { class: `mark level-${name}`, d: `M${x.toFixed(1)} ${y - 9}l7 13h-14z` })
        : svg("circle", { class: `mark ${name === "warning" ? "level-warning" : `lane-${row % 8}`}`, cx: x.toFixed(1), cy: y, r: name === "warning" ? 5 : 4 });
    shape.append(svg("title", {}, `${line.level ?? ""} ${clip(String(line.message ?? ""), 200)}`));
    shape.addEventListener("click", () => choose(index));
    return shape;
}

function hatch() {
    return [svg("defs", {}, svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        svg("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 6 })))];
}

/** Where no service says anything for a while. */
function silences(trace, x, tall, span) {
    const found = [];
    for (let index = 1; index < trace.events.length && found.length < 40; index += 1) {
        const gap = trace.events[index].gap_ms ?? 0;
        if (gap < span * 0.08) continue;
        const [start, end] = [x(trace.events[index - 1].time), x(trace.events[index].time)];
        found.push(svg("rect", { class: "silence", x: start, y: 0, width: end - start, height: tall, fill: "url(#hatch)" }));
        if (end - start > 56) found.push(svg("text", { class: "silence-text", x: (start + end) / 2, y: 10, "text-anchor": "middle" }, duration(gap)));
    }
    return found;
}

function ticks(left, room, span, tall, narrow) {
    const number = narrow ? 3 : 6;
    const labels = [];
    for (let index = 0; index <= number; index += 1) {
        const anchor = index === 0 ? "start" : index === number ? "end" : "middle";
        labels.push(svg("text", { class: "tick", x: left + (room * index) / number, y: tall - 4, "text-anchor": anchor }, duration((span * index) / number)));
    }
    return labels;
}
