// The list of lines: thousands in memory, some dozens in the document. Closed lines have one height, opened ones their own.
import { $, h, visible, clip, announce } from "./dom.js";
import { level, short } from "./levels.js";
import { timeElement } from "./time.js";
import { details } from "./event.js";
import { traceAddress } from "./state.js";

/** So many lines are kept; whoever wants more narrows the time. */
export const most = 10000;
const openAtMost = 12;
const margin = 400;

let items = [];
let keys = new Set();
let rows = new Map();
let opened = new Map();
let offsets = new Float64Array(1);
let rowHeight = 26;
let selected = -1;
let frame = 0;
let hooks = {};
let measure = null;

/** @param callbacks `onScroll`, `onOpen(key or "")`, `onEnd` when the end of the list comes near. */
export function mount(callbacks) {
    hooks = callbacks;
    reset();
    const scroller = $("scroller");
    scroller.addEventListener("scroll", () => { schedule(); hooks.onScroll(); }, { passive: true });
    measure = new ResizeObserver((entries) => {
        for (const entry of entries) {
            const key = entry.target.dataset.key;
            if (opened.has(key)) opened.get(key).height = entry.target.offsetHeight;
        }
        layout();
    });
    new ResizeObserver(() => { readHeight(); layout(); }).observe(scroller);
    readHeight();
}

function readHeight() {
    const scroller = $("scroller");
    // The list's view may just have been left.
    if (scroller) rowHeight = parseFloat(getComputedStyle(scroller).getPropertyValue("--row")) || 26;
}

export const length = () => items.length;
export const lastLine = () => items[items.length - 1];
export const current = () => items[selected];
export const hasOpen = () => opened.size > 0;
export const isAtTop = () => $("scroller").scrollTop < 4;

export function reset() {
    for (const row of rows.values()) row.remove();
    items = [];
    keys = new Set();
    rows = new Map();
    opened = new Map();
    selected = -1;
    if ($("scroller")) $("scroller").scrollTop = 0;
    layout();
}

/** Lines older than all that are here, newest first. */
export function addOlder(lines) {
    for (const line of lines) {
        if (keys.has(line.key) || items.length >= most) continue;
        keys.add(line.key);
        items.push(line);
    }
    layout();
}

/** Lines that just came, oldest first; each takes its place by its time. Returns how many were new. */
export function addNewer(lines) {
    let added = 0;
    for (const line of lines) {
        if (keys.has(line.key)) continue;
        keys.add(line.key);
        let index = 0;
        while (index < items.length && items[index].time > line.time) index += 1;
        items.splice(index, 0, line);
        if (selected >= index) selected += 1;
        added += 1;
    }
    const wasCut = items.length > most;
    while (items.length > most) keys.delete(items.pop().key);
    layout();
    return { added, wasCut };
}

function layout() {
    offsets = new Float64Array(items.length + 1);
    for (let index = 0; index < items.length; index += 1) {
        offsets[index + 1] = offsets[index] + rowHeight + (opened.size ? (opened.get(items[index].key)?.height ?? 0) : 0);
    }
    schedule();
}

function schedule() {
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; render(); });
}

/** The last line that begins at or above that place. */
function lineAt(y) {
    let [low, high] = [0, items.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (offsets[middle + 1] <= y) low = middle + 1;
        else high = middle;
    }
    return low;
}

function render() {
    const scroller = $("scroller");
    if (!scroller) return;
    const canvas = scroller.firstElementChild;
    canvas.style.height = `${offsets[items.length]}px`;
    const [top, bottom] = [scroller.scrollTop - margin, scroller.scrollTop + scroller.clientHeight + margin];
    const [first, last] = [lineAt(Math.max(0, top)), Math.min(items.length - 1, lineAt(bottom))];
    const wanted = new Set();
    for (let index = first; index <= last; index += 1) wanted.add(index);
    if (selected >= 0 && rows.get(items[selected]?.key)?.contains(document.activeElement)) wanted.add(selected);
    const keep = new Map();
    for (const index of [...wanted].sort((a, b) => a - b)) {
        const line = items[index];
        const row = rows.get(line.key) ?? build(line);
        row.style.top = `${offsets[index]}px`;
        row.setAttribute("aria-posinset", index + 1);
        row.setAttribute("aria-setsize", items.length);
        row.firstElementChild.tabIndex = index === Math.max(0, selected) ? 0 : -1;
        row.classList.toggle("selected", index === selected);
        keep.set(line.key, row);
    }
    for (const [key, row] of rows) if (!keep.has(key)) row.remove();
    let before = null;
    for (const row of keep.values()) {
        if (!row.isConnected) {
            if (before) before.after(row);
            else canvas.prepend(row);
        }
        before = row;
    }
    rows = keep;
    if (bottom >= offsets[items.length] - 600) hooks.onEnd?.();
}

function build(line) {
    const name = level(line.level);
    const head = h("div", { class: "line", role: "button", tabindex: "-1", "aria-expanded": String(opened.has(line.key)) },
        timeElement(line.time),
        h("span", { class: `level level-${name}` }, short[name]),
        h("span", { class: "service" }, visible(clip(String(line.service ?? ""), 80))),
        h("bdi", { class: "text" }, visible(clip(String(line.message ?? ""), 600))));
    // Beside the button and not in it; the key t does the same.
    const link = line.trace_id
        ? h("a", { class: "trace-link", tabindex: "-1", title: "Its trace (t)", href: traceAddress(line.trace_id) }, visible(clip(String(line.trace_id), 8)))
        : null;
    const row = h("div", { class: `row is-${name}`, role: "listitem", "data-key": line.key }, head, link ?? "");
    head.addEventListener("click", () => {
        if (String(getSelection()).length > 0 && getSelection().containsNode(head, true)) return;
        select(items.indexOf(line), { focus: true });
        toggle(line);
    });
    head.addEventListener("focus", () => {
        const index = items.indexOf(line);
        if (index !== selected) { selected = index; schedule(); }
    });
    if (opened.has(line.key)) row.append(opened.get(line.key).element);
    return row;
}

export function toggle(line = current()) {
    if (!line) return;
    if (opened.has(line.key)) close(line.key);
    else open(line);
}

export function open(line) {
    if (opened.has(line.key)) return;
    if (opened.size >= openAtMost) close(opened.keys().next().value);
    const element = details(line, layout);
    element.dataset.key = line.key;
    opened.set(line.key, { element, height: 0 });
    const row = rows.get(line.key);
    row?.append(element);
    row?.firstElementChild.setAttribute("aria-expanded", "true");
    measure.observe(element);
    layout();
    hooks.onOpen(line.key);
}

function close(key) {
    const entry = opened.get(key);
    if (!entry) return;
    measure.unobserve(entry.element);
    entry.element.remove();
    opened.delete(key);
    rows.get(key)?.firstElementChild.setAttribute("aria-expanded", "false");
    layout();
    hooks.onOpen([...opened.keys()].pop() ?? "");
}

/** Closes the opened line that was opened last. */
export function closeLast() {
    const key = [...opened.keys()].pop();
    if (!key) return false;
    const index = items.findIndex((line) => line.key === key);
    close(key);
    select(index, { focus: true });
    return true;
}

export function select(index, { focus = false } = {}) {
    if (!items.length) return;
    selected = Math.max(0, Math.min(items.length - 1, index));
    const scroller = $("scroller");
    const [top, bottom] = [offsets[selected], offsets[selected] + rowHeight];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
    if (frame) cancelAnimationFrame(frame);
    frame = 0;
    render();
    if (focus) rows.get(items[selected].key)?.firstElementChild.focus({ preventScroll: true });
}

export const move = (step) => select(selected + step, { focus: true });
export const toEnd = (isLast) => { select(isLast ? items.length - 1 : 0, { focus: true }); announce(isLast ? "oldest line here" : "newest line"); };

/** Opens the line with that key, where it is here. */
export function show(key) {
    const index = items.findIndex((line) => line.key === key);
    if (index < 0) return false;
    select(index);
    open(items[index]);
    return true;
}

export function toTop() {
    $("scroller").scrollTop = 0;
    schedule();
}
