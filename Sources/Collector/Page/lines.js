// The view of lines: what matches, over time, counted, and live.
import { $, h, announce, count, plural } from "./dom.js";
import { get, cancel } from "./api.js";
import { state, range, go, address } from "./state.js";
import * as box from "./searchbox.js";
import * as histogram from "./histogram.js";
import * as facets from "./facets.js";
import * as list from "./list.js";
import * as tail from "./tail.js";
import { firstSteps } from "./empty.js";
import { trouble } from "./trouble.js";
import { ago } from "./time.js";

const page = 100;
const pendingAtMost = 1000;

let isMounted = false;
let shown = "";
let next = null;
let isLoading = false;
let pending = [];
let missed = 0;
let arrived = 0;
let wantsLive = true;
let refresh = 0;
let took = 0;

const isFixed = () => Boolean(state.to);
export const isLive = () => wantsLive && !isFixed();

export function mount() {
    if (isMounted) return;
    isMounted = true;
    shown = "";
    $("main").replaceChildren($("lines-view").content.cloneNode(true));
    if (matchMedia("(max-width: 760px)").matches) $("facets").open = false;
    histogram.mount();
    list.mount({
        onScroll: () => { if (list.isAtTop() && !list.hasOpen()) showPending(); },
        onOpen: (key) => { if (state.event !== key) go({ event: key }, { replace: true, quiet: true }); },
        onEnd: older,
    });
    $("newer").addEventListener("click", () => { list.toTop(); showPending(); });
}

export function unmount() {
    isMounted = false;
    stop();
}

function stop() {
    tail.close();
    clearTimeout(refresh);
    for (const kind of ["search", "older", "overview"]) cancel(kind);
}

/** Brings what is shown in line with the address. */
export function show() {
    mount();
    const wanted = JSON.stringify([state.q, range()]);
    if (wanted === shown) {
        facets.again();
        return;
    }
    shown = wanted;
    load();
}

export function reload() {
    shown = "";
    show();
}

async function load() {
    stop();
    pending = [];
    missed = 0;
    showNewer();
    $("list").setAttribute("aria-busy", "true");
    const parameters = { q: state.q, ...range() };
    counts();
    let answer;
    try {
        answer = await get("search", "search", { ...parameters, limit: page, brief: 1 });
    } catch (error) {
        failed(error);
        return;
    }
    if (!answer) return;
    box.clearError();
    const position = answer.position;
    // A search that ran out of time before it found anything goes on where it stopped.
    while (answer && !answer.events.length && answer.next) {
        announce("Still searching");
        answer = await get("search", "search", { ...parameters, limit: page, brief: 1, before: answer.next }).catch(() => null);
    }
    if (!answer) return;
    $("list").removeAttribute("aria-busy");
    trouble("");
    list.reset();
    next = answer.next;
    list.addOlder(answer.events);
    foot();
    await empty();
    if (state.event && !list.show(state.event)) pinned(state.event);
    announce(answer.events.length ? `${plural(answer.events.length, "line", "lines")} shown${next ? ", more below" : ""}` : "No line matches");
    if (isLive()) listen(position);
}

function failed(error) {
    if (error.status === 400) {
        box.showError(error);
        return;
    }
    $("list").removeAttribute("aria-busy");
    trouble(error.status === 429 || error.status === 503 ? "The collector is busy with other searches; trying again." : error.message);
    shown = "";
    refresh = setTimeout(() => { if (isMounted) show(); }, 2000);
}

/** Histogram and facets, from one look at the store; wrong queries are the search's to tell. */
async function counts() {
    const begin = performance.now();
    const buckets = Math.max(20, Math.min(120, Math.round($("histogram").clientWidth / 11)));
    try {
        const answer = await get("overview", "overview", { q: state.q, ...range(), buckets, limit: 10 });
        if (!answer || !isMounted) return;
        histogram.show(answer.histogram);
        facets.show(answer.facets);
    } catch { /* as above */ }
    took = performance.now() - begin;
}

async function older() {
    if (!next || isLoading || list.length() >= list.most) return;
    isLoading = true;
    foot();
    try {
        const parameters = { q: state.q, ...range(), limit: page, brief: 1 };
        const answer = await get("older", "search", next === "time" ? { ...parameters, since: "", to: list.lastLine().time } : { ...parameters, before: next });
        if (answer) {
            next = answer.next;
            list.addOlder(answer.events);
        }
    } catch (error) {
        trouble(error.message);
        next = null;
    }
    isLoading = false;
    foot();
}

function foot() {
    const number = list.length();
    if (!number) $("foot").replaceChildren();
    else if (number >= list.most) {
        $("foot").replaceChildren(`${count(number)} lines are shown. `,
            h("a", { href: address({ to: list.lastLine().time, since: "", from: state.from, event: "" }) }, "Go on from here"));
    } else $("foot").replaceChildren(next ? "Loading more …" : `That is all: ${plural(number, "line", "lines")}.`);
}

async function empty() {
    const hint = $("empty");
    hint.hidden = list.length() > 0;
    $("scroller").hidden = !hint.hidden;
    if (hint.hidden) return;
    const status = await get("status", "status", {}).catch(() => undefined);
    if (!isMounted || list.length()) return;
    if (status && !status.store.events) {
        hint.replaceChildren(...firstSteps(status));
        return;
    }
    hint.replaceChildren(h("h2", {}, "No line matches"),
        status?.store.newest ? h("p", {}, `The last line of all came ${ago(status.store.newest)}.`) : null,
        h("p", { class: "actions" },
            state.since !== "all" ? h("a", { class: "button", href: address({ since: "all", from: "", to: "", event: "" }) }, "Look at all time") : "",
            state.q ? h("a", { class: "button", href: address({ q: "", event: "" }) }, "Clear the search") : ""));
}

/** A line that was linked to but is not on the first page stands above the others. */
async function pinned(key) {
    const line = await get("pinned", `event/${encodeURIComponent(key)}`, { brief: 1 }).catch(() => null);
    if (!line || state.event !== key) return;
    list.addNewer([line]);
    $("empty").hidden = true;
    $("scroller").hidden = false;
    list.show(key);
}

function listen(position) {
    tail.open({
        q: state.q, after: position,
        onReady: () => {},
        onTrouble: trouble,
        onLines: (lines) => arrivedLines(lines),
        onSkipped: (number) => { missed += number; showNewer(); },
    });
    scheduleCounts();
}

function arrivedLines(lines) {
    arrived += lines.length;
    pending.push(...lines);
    if (pending.length > pendingAtMost) missed += pending.splice(0, pending.length - pendingAtMost).length;
    if (!list.length()) {
        $("empty").hidden = true;
        $("scroller").hidden = false;
    }
    if (list.isAtTop() && !list.hasOpen() && !isReading()) showPending();
    else showNewer();
}

/** Somebody who marks text or walks the lines by keys is not to be disturbed. */
function isReading() {
    const selection = getSelection();
    return $("scroller").contains(document.activeElement) && document.activeElement !== $("scroller")
        || (!selection.isCollapsed && $("scroller").contains(selection.anchorNode));
}

function showPending() {
    if (!pending.length && !missed) return;
    const lines = pending;
    pending = [];
    missed = 0;
    if (list.addNewer(lines).wasCut) next = "time";
    showNewer();
    foot();
}

function showNewer() {
    const number = pending.length + missed;
    $("newer").hidden = number === 0 || list.isAtTop() && !list.hasOpen() && !isReading();
    $("newer").textContent = `↑ ${plural(number, "new line", "new lines")}`;
}

/** While lines come in, the counts follow, the slower the dearer they are. */
function scheduleCounts() {
    clearTimeout(refresh);
    refresh = setTimeout(async () => {
        if (!isMounted || !isLive()) return;
        if (!document.hidden && (arrived || state.since !== "all")) {
            arrived = 0;
            await counts();
        }
        if (isMounted) scheduleCounts();
    }, Math.max(4000, took * 20));
}

export function toggleLive() {
    if (isFixed()) {
        wantsLive = true;
        go({ from: "", to: "", since: "", event: "" });
        return;
    }
    wantsLive = !wantsLive;
    announce(wantsLive ? "live" : "paused");
    if (wantsLive) reload();
    else {
        tail.close();
        clearTimeout(refresh);
        showLive();
    }
}

/** The button in the head; only the lines can be live. */
export function showLive() {
    $("live").setAttribute("aria-pressed", String(isLive()));
    $("live").disabled = state.view !== "lines";
}
