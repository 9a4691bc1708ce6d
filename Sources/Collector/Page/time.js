// Times arrive as RFC 3339 in UTC with nanoseconds; they are shown in this browser's zone or in UTC.
import { h } from "./dom.js";

let isUTC = false;
try { isUTC = localStorage.getItem("zone") === "utc"; } catch { /* storage may be off */ }

export const zone = {
    get isUTC() { return isUTC; },
    toggle() {
        isUTC = !isUTC;
        try { localStorage.setItem("zone", isUTC ? "utc" : "local"); } catch { /* as above */ }
    },
};

const two = (number) => String(number).padStart(2, "0");

function parts(date) {
    return isUTC
        ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
        : [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()];
}

export function day(date) {
    const [year, month, number] = parts(date);
    return `${year}-${two(month)}-${two(number)}`;
}

export function clock(date, { seconds = true, millis = false } = {}) {
    const [, , , hour, minute, second] = parts(date);
    return `${two(hour)}:${two(minute)}` + (seconds ? `:${two(second)}` : "") +
        (millis ? "." + String(date.getUTCMilliseconds()).padStart(3, "0") : "");
}

export const isToday = (date) => day(date) === day(new Date());

/** Milliseconds since 1970 with the fraction that a Date does not hold. */
export function precise(text) {
    const match = /^(.*?T\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text ?? "");
    if (!match) return Date.parse(text);
    return Date.parse(match[1] + match[3]) + (match[2] ? Number(match[2]) * 1000 : 0);
}

/** A line's time: the clock, with the date before it on another day than today. */
export function timeElement(text) {
    const date = new Date(text);
    if (!text || Number.isNaN(date.getTime())) return h("time", {}, "–");
    return h("time", { datetime: text, title: text },
        isToday(date) ? null : h("span", { class: "date" }, day(date).slice(5) + " "), clock(date, { millis: true }));
}

/** A span of time in one or two units: 840 µs, 12.3 ms, 4.56 s, 3 min 20 s. */
export function duration(ms) {
    const size = Math.abs(ms);
    if (size < 0.0005) return "0 ms";
    if (size < 1) return `${Math.round(ms * 1000)} µs`;
    if (size < 10) return `${ms.toFixed(2)} ms`;
    if (size < 999.5) return `${ms.toFixed(size < 100 ? 1 : 0)} ms`;
    if (size < 59995) return `${(ms / 1000).toFixed(size < 9995 ? 2 : 1)} s`;
    const seconds = Math.round(ms / 1000);
    if (Math.abs(seconds) < 3600) return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
    if (Math.abs(seconds) < 86400) return `${Math.trunc(seconds / 3600)} h ${Math.abs(Math.trunc((seconds % 3600) / 60))} min`;
    return `${Math.trunc(seconds / 86400)} d ${Math.abs(Math.trunc((seconds % 86400) / 3600))} h`;
}

export function ago(text) {
    const ms = Date.now() - Date.parse(text);
    if (Number.isNaN(ms)) return "never";
    return ms < 1500 ? "just now" : `${duration(ms).replace(/\.\d+/, "")} ago`;
}

/** From … to, as short as it can be. */
export function spanText(from, to) {
    const [a, b] = [new Date(from), new Date(to)];
    const millis = b - a < 10000;
    const date = isToday(a) && isToday(b) ? "" : `${day(a)} `;
    return `${date}${clock(a, { millis })} – ${day(a) === day(b) ? "" : `${day(b)} `}${clock(b, { millis })}`;
}
