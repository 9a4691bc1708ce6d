// Lines over time, stacked by level, the worst at the bottom where few of them can still be seen.
import { $, svg, h, announce, compact, count, plural } from "./dom.js";
import { go } from "./state.js";
import { levels, byLevel } from "./levels.js";
import { clock, day, spanText, zone } from "./time.js";

let data = null;
let cursor = -1;
let anchor = -1;
let observer = null;
let pointer = null;

export function mount() {
    const box = $("histogram");
    observer?.disconnect();
    observer = new ResizeObserver(() => draw());
    observer.observe(box);
    box.addEventListener("pointerdown", down);
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", up);
    box.addEventListener("pointercancel", reset);
    box.addEventListener("pointerleave", () => { if (!pointer) { cursor = -1; mark(); } });
    box.addEventListener("keydown", key);
    box.addEventListener("blur", () => { if (!pointer) reset(); });
    if (data) draw();
}

export function show(histogram) {
    data = { ...histogram, buckets: histogram.buckets.map((bucket) => ({ ...bucket, levels: byLevel(bucket.levels) })) };
    if (cursor >= (data?.buckets.length ?? 0)) reset();
    draw();
}

export const height = () => $("histogram").clientHeight;

function total(bucket) { return bucket.total; }

function draw() {
    const box = $("histogram");
    if (!box || !data) return;
    const width = box.clientWidth;
    const tall = box.clientHeight;
    const [bottom, top] = [16, 2];
    const room = tall - bottom - top;
    const most = Math.max(1, ...data.buckets.map(total));
    const step = width / Math.max(1, data.buckets.length);
    const bars = data.buckets.map((bucket, index) => bar(bucket, index, { step, room, top, most }));
    const picture = svg("svg", { width, height: tall, "aria-hidden": "true" },
        svg("line", { class: "base", x1: 0, x2: width, y1: tall - bottom + 0.5, y2: tall - bottom + 0.5 }),
        ...bars, ...ticks(width, tall),
        svg("rect", { class: "chosen", x: 0, y: 0, width: 0, height: tall - bottom }));
    box.replaceChildren(picture);
    caption();
    mark();
}

function bar(bucket, index, { step, room, top, most }) {
    const group = svg("g");
    const gap = step > 5 ? 1 : 0;
    let y = top + room;
    for (const name of levels) {
        const number = bucket.levels[name] ?? 0;
        if (!number) continue;
        const size = Math.max((number / most) * room, name === "error" || name === "fatal" ? 2 : 0.5);
        y -= size;
        group.append(svg("rect", {
            class: `bar level-${name}`, x: (index * step + gap / 2).toFixed(2), y: Math.max(0, y).toFixed(2),
            width: Math.max(0.5, step - gap).toFixed(2), height: size.toFixed(2),
        }));
    }
    return group;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800].map((step) => step * 1000);

/** Labels at round times, one for each 100 pixels or fewer. */
function ticks(width, tall) {
    const [from, to] = [Date.parse(data.from), Date.parse(data.to)];
    const span = to - from;
    const wanted = span / Math.max(1, Math.floor(width / 100));
    const step = steps.find((candidate) => candidate >= wanted) ?? Math.ceil(wanted / 864e5) * 864e5;
    const shift = zone.isUTC ? 0 : new Date(from).getTimezoneOffset() * 60e3;
    const labels = [];
    for (let time = Math.ceil((from - shift) / step) * step + shift; time < to; time += step) {
        const x = ((time - from) / span) * width;
        if (x > width - 50) break;
        const date = new Date(time);
        const isDay = span > 36 * 3600e3;
        const text = (isDay ? `${day(date).slice(5)} ` : "") + clock(date, { seconds: step < 60e3 });
        labels.push(svg("line", { class: "base", x1: x, x2: x, y1: tall - 16, y2: tall - 12 }), svg("text", { class: "tick", x: x + 3, y: tall - 3 }, text));
    }
    return labels;
}

function caption() {
    const about = data.estimated ? "about " : "";
    $("total").textContent = `${about}${plural(data.total, "line", "lines")}`;
    const sums = {};
    for (const bucket of data.buckets) {
        for (const [name, number] of Object.entries(bucket.levels)) sums[name] = (sums[name] ?? 0) + number;
    }
    const most = Math.max(0, ...data.buckets.map(total));
    $("levels").replaceChildren(
        ...levels.filter((name) => sums[name]).map((name) =>
            h("span", { class: "legend" }, h("i", { class: `level-${name}` }), `${name} `, h("b", {}, compact(sums[name])))),
        h("span", { class: "legend peak" }, most ? `highest ${compact(most)}` : ""));
}

/** Shows the bucket under the pointer or the keys, and what is chosen. */
function mark() {
    const chosen = $("histogram")?.querySelector(".chosen");
    if (!chosen || !data) return;
    const [first, last] = chosenBuckets();
    const step = $("histogram").clientWidth / data.buckets.length;
    chosen.setAttribute("x", first < 0 ? 0 : first * step);
    chosen.setAttribute("width", first < 0 ? 0 : (last - first + 1) * step);
    chosen.classList.toggle("range", anchor >= 0 && anchor !== cursor);
    $("bucket").textContent = first < 0 ? "" : describe(first, last);
}

function chosenBuckets() {
    if (cursor < 0) return [-1, -1];
    const other = anchor < 0 ? cursor : anchor;
    return [Math.min(cursor, other), Math.max(cursor, other)];
}

const begin = (index) => Date.parse(data.buckets[index].time);
const end = (index) => (index + 1 < data.buckets.length ? begin(index + 1) : Date.parse(data.to));

function describe(first, last) {
    const buckets = data.buckets.slice(first, last + 1);
    const sum = (values) => values.reduce((a, b) => a + b, 0);
    const bad = sum(buckets.map((bucket) => (bucket.levels.error ?? 0) + (bucket.levels.fatal ?? 0)));
    return `${spanText(begin(first), end(last))} · ${plural(sum(buckets.map(total)), "line", "lines")}` + (bad ? ` · ${count(bad)} errors` : "");
}

function at(event) {
    const box = $("histogram").getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * data.buckets.length);
    return Math.max(0, Math.min(data.buckets.length - 1, index));
}

function down(event) {
    if (!data || event.button !== 0) return;
    pointer = event.pointerId;
    $("histogram").setPointerCapture(pointer);
    cursor = anchor = at(event);
    mark();
}

function move(event) {
    if (!data?.buckets.length) return;
    cursor = at(event);
    mark();
}

function up(event) {
    if (pointer === null) return;
    pointer = null;
    cursor = at(event);
    narrow();
}

/** Narrows the shown time to the chosen buckets. */
function narrow() {
    const [first, last] = chosenBuckets();
    reset();
    if (first < 0) return;
    const [from, to] = [new Date(begin(first)), new Date(end(last))];
    announce(`Narrowed to ${spanText(from, to)}`);
    go({ from: from.toISOString(), to: to.toISOString(), since: "", event: "" });
}

function reset() {
    pointer = null;
    cursor = anchor = -1;
    mark();
}

function key(event) {
    if (!data?.buckets.length || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = data.buckets.length - 1;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
        const before = cursor < 0 ? (steps[event.key] < 0 ? last + 1 : last) : cursor;
        cursor = Math.max(0, Math.min(last, before + steps[event.key]));
        if (event.shiftKey) anchor = anchor < 0 ? Math.min(before, last) : anchor;
        else anchor = -1;
        mark();
    } else if (event.key === "Enter" && cursor >= 0) narrow();
    else if (event.key === "Escape" && cursor >= 0) reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
}
