// The most frequent services, levels, hosts and files among the lines that match; a click filters by one.
import { $, h, visible, clip, compact, count, announce } from "./dom.js";
import { go, state } from "./state.js";
import { has, term, toggle } from "./query.js";
import { level } from "./levels.js";

const fields = ["level", "service", "host", "file"];
let last = null;

export function show(facets) {
    last = facets;
    const box = $("facets")?.querySelector(".groups");
    if (!box) return;
    const focus = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    box.replaceChildren(...fields.map((field) => group(field, facets[field] ?? [], facets.estimated)));
    if (focus) [...box.querySelectorAll("button")].find((button) => button.dataset.key === focus)?.focus();
}

export function again() { if (last) show(last); }

function group(field, values, estimated) {
    const most = Math.max(1, ...values.map((value) => value.count));
    return h("section", { class: "facet", "aria-label": `Filter by ${field}` },
        h("h3", {}, field, estimated ? h("span", { class: "quiet" }, " about") : null),
        values.length
            ? h("ul", {}, values.map((entry) => row(field, entry, most)))
            : h("p", { class: "quiet" }, "none"));
}

function row(field, entry, most) {
    const isOn = has(state.q, term(field, entry.value));
    const share = h("i", { class: "share", "aria-hidden": "true" });
    share.style.width = `${Math.max(1, (100 * entry.count) / most)}%`;
    const name = field === "file" ? shortened(entry.value) : clip(entry.value, 200);
    return h("li", { class: isOn ? "on" : null },
        h("button", {
            type: "button", class: "value", "aria-pressed": String(isOn), "data-key": `${field} ${clip(entry.value, 100)}`,
            title: `${clip(entry.value, 500)}: ${count(entry.count)}`,
            onclick: (event) => apply(field, entry.value, event.altKey),
        }, share,
        h("span", { class: "name" }, field === "level" ? h("i", { class: `dot level-${level(entry.value)}` }) : null, visible(name)),
        h("span", { class: "count" }, compact(entry.count))),
        h("button", {
            type: "button", class: "exclude", "aria-label": `Exclude ${field} ${clip(entry.value, 100)}`, title: "Exclude (Alt and click)",
            "data-key": `-${field} ${clip(entry.value, 100)}`,
            onclick: () => apply(field, entry.value, true),
        }, "−"));
}

/** Of a path the end says most. */
function shortened(path) {
    if (path.length <= 26) return path;
    const parts = path.split("/");
    let text = parts.pop();
    while (parts.length > 1 && text.length + parts.at(-1).length < 24) text = `${parts.pop()}/${text}`;
    return `…/${clip(text, 60)}`;
}

export function apply(field, value, exclude) {
    const q = toggle(state.q, field, value, exclude);
    announce(`Searching ${q || "everything"}`);
    go({ q, event: "", view: "lines" });
}
