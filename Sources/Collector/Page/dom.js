// Making elements. Text only ever becomes text nodes: nothing here reads markup from a string.

/** An element with attributes (functions under on… become listeners) and children (strings become text). */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    assign(element, attributes);
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    assign(element, attributes);
    element.append(...children.flat().filter(Boolean));
    return element;
}

function assign(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (typeof value === "function") element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, "");
        else element.setAttribute(name, value);
    }
}

export const $ = (id) => document.getElementById(id);

/** Says something to those who listen instead of looking. */
export function announce(text) {
    $("announce").textContent = text;
}

// Characters that show as nothing, or that turn the text around them: shown by their number instead. The two joiners
// U+200C and U+200D stay, for emoji and the scripts that need them.
const hidden =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

/** Text of a log as a fragment: every hidden character visible. With `lines`, line breaks and tabs stay what they are. */
export function visible(text, { lines = false } = {}) {
    const fragment = document.createDocumentFragment();
    let last = 0;
    for (const match of text.matchAll(hidden)) {
        if (lines && (match[0] === "\n" || match[0] === "\t")) continue;
        if (match.index > last) fragment.append(text.slice(last, match.index));
        const number = match[0].codePointAt(0);
        const name = number < 32 ? String.fromCharCode(0x2400 + number) : "U+" + number.toString(16).toUpperCase().padStart(4, "0");
        fragment.append(h("span", { class: "hidden-character", title: "U+" + number.toString(16).toUpperCase().padStart(4, "0") }, name));
        last = match.index + match[0].length;
    }
    if (last < text.length) fragment.append(last === 0 ? text : text.slice(last));
    return fragment;
}

/** Cuts between characters, not within one. */
export function clip(text, length) {
    if (text.length <= length) return text;
    const end = /[\ud800-\udbff]/.test(text[length - 1]) ? length - 1 : length;
    return text.slice(0, end);
}

const countText = new Intl.NumberFormat("en-US");
export const count = (number) => countText.format(number ?? 0);
export const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;

const compactText = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
export const compact = (number) => (number < 10000 ? count(number) : compactText.format(number));

export function bytes(number) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    let value = number ?? 0;
    while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** A button that copies, and says so. */
export function copyButton(label, text, attributes = {}) {
    return h("button", {
        type: "button", class: "small", ...attributes,
        onclick: async (event) => {
            event.stopPropagation();
            const button = event.currentTarget;
            const before = button.textContent;
            button.textContent = (await copy(text())) ? "copied" : "could not copy";
            announce(button.textContent);
            setTimeout(() => { button.textContent = before; }, 1200);
        },
    }, label);
}

async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        // Without TLS there is no clipboard but on loopback; the old way still works.
        const area = h("textarea", { class: "unseen", "aria-hidden": "true" });
        area.value = text;
        document.body.append(area);
        area.select();
        const done = document.execCommand("copy");
        area.remove();
        return done;
    }
}
