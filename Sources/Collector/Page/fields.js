// The fields of an event, flat: path, value, kind. Numbers keep the digits that they came with.

/** Reads JSON so that long integers keep every digit, and no key can reach a prototype. */
export function read(text) {
    return JSON.parse(text, (key, value, context) =>
        typeof value === "number" && context?.source && String(value) !== context.source ? new Digits(context.source) : value);
}

/** A number as it was written. */
export class Digits {
    constructor(text) { this.text = text; }
    toJSON() { return JSON.rawJSON ? JSON.rawJSON(this.text) : Number(this.text); }
    toString() { return this.text; }
}

const deepest = 64;

/** All leaves of the value, up to `limit`. */
export function flatten(value, limit = 10000) {
    const found = [];
    walk(value, "", 0, found, limit);
    return found;
}

function walk(value, path, depth, found, limit) {
    if (found.length >= limit) return;
    if (value instanceof Digits) {
        found.push({ path, text: value.text, kind: "number" });
    } else if (value === null || typeof value !== "object") {
        found.push({ path, text: String(value), kind: value === null ? "null" : typeof value });
    } else if (depth >= deepest) {
        found.push({ path, text: JSON.stringify(value), kind: "object" });
    } else if (Array.isArray(value)) {
        if (value.every((item) => item === null || typeof item !== "object" || item instanceof Digits)) {
            for (const item of value) walk(item, path, depth + 1, found, limit);
            if (!value.length) found.push({ path, text: "[]", kind: "empty" });
        } else {
            value.forEach((item, index) => walk(item, `${path}[${index}]`, depth + 1, found, limit));
        }
    } else {
        const keys = Object.keys(value);
        if (!keys.length && path) found.push({ path, text: "{}", kind: "empty" });
        for (const key of keys) walk(value[key], path ? `${path}.${key}` : key, depth + 1, found, limit);
    }
}

/** The service's own JSON line where `message` holds one, else null. */
export function ownLine(event) {
    const text = event?.message;
    if (typeof text !== "string" || !text.trimStart().startsWith("{")) return null;
    try {
        const value = read(text);
        return value && typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
        return null;
    }
}
