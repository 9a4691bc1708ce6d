// One line opened: its message in full, every field with its filters, the JSON as it came.
import { h, visible, clip, copyButton, bytes, plural } from "./dom.js";
import { get } from "./api.js";
import { address, traceAddress } from "./state.js";
import { canName } from "./query.js";
import { read, flatten, ownLine } from "./fields.js";
import { apply } from "./facets.js";

const longText = 2000;
const fieldsAtOnce = 200;

/** The body of an opened line; it fills itself. `changed` is called whenever its height may have changed. */
export function details(line, changed) {
    const box = h("div", { class: "details", role: "region", "aria-label": "Fields of the line" }, h("p", { class: "quiet" }, "Loading …"));
    load(line, box, changed);
    return box;
}

async function load(line, box, changed) {
    try {
        const text = await get(`event ${line.key}`, `event/${encodeURIComponent(line.key)}`, {}, { text: true });
        if (text === undefined) return;
        fill(box, read(text));
    } catch (error) {
        box.replaceChildren(h("p", { class: "failed", role: "alert" }, error.message));
    }
    changed();
}

function fill(box, line) {
    const event = line.event ?? {};
    const own = ownLine(event);
    const raw = JSON.stringify(event, null, 2);
    const sections = [actions(line, event, raw), message(line)];
    if (own) {
        sections.push(table("The line's own fields", flatten(own)));
        const { message: _, ...envelope } = event;
        sections.push(table("What the shipper added", flatten(envelope)));
    } else {
        sections.push(table("Fields", flatten(event)));
    }
    sections.push(source(raw));
    box.replaceChildren(...sections);
}

function actions(line, event, raw) {
    const middle = Date.parse(line.time);
    const near = (ms) => new Date(middle + ms).toISOString();
    const around = { q: "", since: "", from: near(-5000), to: near(5000), event: line.key, view: "lines", trace: "" };
    return h("p", { class: "actions" },
        line.trace_id ? h("a", { href: traceAddress(line.trace_id), class: "button" }, "Show its trace") : null,
        Number.isNaN(middle) ? null : h("a", { href: address(around), class: "button" }, "5 s around it"),
        copyButton("Copy link", () => new URL(address({ event: line.key }), location.href).href),
        copyButton("Copy JSON", () => raw));
}

function message(line) {
    const text = String(line.message ?? "");
    return h("pre", { class: "message" }, clipped(text, { lines: true }));
}

/** Text that is cut when it is very long, with a button for the rest. */
function clipped(text, options) {
    if (text.length <= longText) return visible(text, options);
    const holder = h("span", {}, visible(clip(text, longText), options), "… ");
    holder.append(h("button", {
        type: "button", class: "small",
        onclick: (event) => { event.stopPropagation(); holder.replaceChildren(visible(text, options)); },
    }, `show all (${bytes(text.length)})`));
    return holder;
}

function table(title, fields) {
    const body = h("tbody", {}, fields.slice(0, fieldsAtOnce).map(row));
    const rest = fields.length - fieldsAtOnce;
    const box = h("div", { class: "fields" }, h("h3", {}, title), h("table", {}, body));
    if (rest > 0) {
        let shown = fieldsAtOnce;
        const more = h("button", {
            type: "button", class: "small",
            onclick: () => {
                body.append(...fields.slice(shown, shown + 1000).map(row));
                shown += 1000;
                if (shown >= fields.length) more.remove();
                else more.textContent = `${plural(fields.length - shown, "more field", "more fields")}`;
            },
        }, `${plural(rest, "more field", "more fields")}`);
        box.append(more);
    }
    return box;
}

function row({ path, text, kind }) {
    const isAskable = canName(path) && text.length <= 500 && text.length > 0 && !["null", "empty", "object"].includes(kind);
    const name = clip(path, 60);
    return h("tr", {},
        h("th", { scope: "row" }, visible(clip(path, 300))),
        h("td", { class: `kind-${kind}` },
            isAskable
                ? h("button", { type: "button", class: "value", title: "Filter by it (Alt and click: exclude it)", onclick: (event) => apply(path, text, event.altKey) }, visible(text))
                : clipped(text, {})),
        h("td", { class: "buttons" },
            isAskable ? h("button", { type: "button", class: "small", "aria-label": `Filter by ${name}`, title: "Filter by it", onclick: () => apply(path, text, false) }, "+") : null,
            isAskable ? h("button", { type: "button", class: "small", "aria-label": `Exclude this ${name}`, title: "Exclude it", onclick: () => apply(path, text, true) }, "−") : null,
            copyButton("copy", () => text, { "aria-label": `Copy ${name}` })));
}

function source(raw) {
    const box = h("details", { class: "raw", ontoggle: () => {
        if (box.open && box.children.length === 1) box.append(h("pre", { tabindex: "0" }, clipped(raw, { lines: true })));
    } }, h("summary", {}, `JSON, ${bytes(new TextEncoder().encode(raw).length)}`));
    return box;
}
