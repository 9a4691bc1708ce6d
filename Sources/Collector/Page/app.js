// The page's beginning: which view, the head, the keys.
import { $, announce } from "./dom.js";
import { state, onChange, go, address } from "./state.js";
import { zone, spanText } from "./time.js";
import * as box from "./searchbox.js";
import * as lines from "./lines.js";
import * as list from "./list.js";
import * as trace from "./trace.js";
import * as status from "./status.js";

const views = { lines, trace, status };
let current = null;

function show() {
    if (current && current !== views[state.view]) current.unmount();
    const isOther = current !== views[state.view];
    current = views[state.view];
    box.show();
    showRange();
    lines.showLive();
    for (const link of document.querySelectorAll("nav [data-view]")) {
        if (link.dataset.view === state.view) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
        link.href = address({ view: link.dataset.view, trace: "", event: "" });
    }
    document.title = [state.view === "trace" ? `Trace ${state.trace.slice(0, 16)}` : state.view === "status" ? "Status" : state.q, "Needletail"].filter(Boolean).join(" · ");
    current.show();
    if (isOther) announce(document.title);
}

function showRange() {
    const select = $("since");
    const isSpan = Boolean(state.from || state.to);
    const option = select.querySelector("option[value=span]");
    option.hidden = !isSpan;
    if (isSpan) option.textContent = state.from && state.to ? spanText(state.from, state.to) : state.to ? `until ${spanText(state.to, state.to).split(" – ")[0]}` : `since ${spanText(state.from, state.from).split(" – ")[0]}`;
    select.querySelector("option[data-own]")?.remove();
    if (!isSpan && ![...select.options].some((item) => item.value === state.since)) {
        const own = new Option(`Last ${state.since}`, state.since);
        own.dataset.own = "";
        select.append(own);
    }
    select.value = isSpan ? "span" : state.since;
}

$("since").addEventListener("change", (event) => go({ since: event.target.value, from: "", to: "", event: "", view: "lines", trace: "" }));
$("live").addEventListener("click", () => lines.toggleLive());

$("zone").addEventListener("click", () => {
    zone.toggle();
    showZone();
    showRange();
    if (state.view === "lines") lines.reload();
    else if (state.view === "trace") trace.show({ again: true });
});

function showZone() {
    $("zone").textContent = zone.isUTC ? "UTC" : "Local";
}

const themes = ["auto", "light", "dark"];

$("theme").addEventListener("click", () => {
    const next = themes[(themes.indexOf(theme()) + 1) % themes.length];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try { localStorage.setItem("theme", next); } catch { /* storage may be off */ }
    showTheme();
});

const theme = () => document.documentElement.dataset.theme ?? "auto";

function showTheme() {
    $("theme").textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme()];
    $("theme").setAttribute("aria-label", `Colours: ${theme()}`);
}

/** The keys outside text fields. */
const keys = {
    "/": () => { $("query").focus(); $("query").select(); },
    "?": () => $("help").togglePopover(),
    j: () => walker()?.move(1),
    k: () => walker()?.move(-1),
    g: () => walker()?.toEnd(false),
    G: () => walker()?.toEnd(true),
    t: () => { const line = state.view === "lines" && list.current(); if (line?.trace_id) go({ view: "trace", trace: String(line.trace_id), q: "", event: "" }); },
    l: () => { if (state.view === "lines") lines.toggleLive(); },
    h: () => $("histogram")?.focus(),
    f: () => { const facets = $("facets"); if (facets) { facets.open = true; facets.querySelector(".groups button")?.focus(); } },
};

const walker = () => ({ lines: list, trace })[state.view];

document.addEventListener("keydown", (event) => {
    const target = event.target;
    const isText = target.matches("input, textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
        if (target.id === "query") $("scroller")?.focus();
        else if (!document.querySelector(":popover-open") && !walker()?.closeLast()) leave();
        return;
    }
    if (isText) {
        if (target.id === "query" && event.key === "ArrowDown") { event.preventDefault(); walker()?.toEnd(false); }
        return;
    }
    if ((event.key === "Enter" || event.key === " ") && target.matches("[role=button]")) {
        event.preventDefault();
        walker()?.toggle();
        return;
    }
    if (target.matches(".line") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        event.preventDefault();
        walker()?.move(event.key === "ArrowDown" ? 1 : -1);
        return;
    }
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
});

/** Esc with nothing open: from a trace or the status back to the lines, else the list lets go of the line. */
function leave() {
    if (state.view !== "lines") {
        if (history.length > 1) history.back();
        else go({ view: "lines", trace: "" });
    } else document.activeElement?.blur();
}

box.start();
showZone();
showTheme();
onChange(show);
show();
