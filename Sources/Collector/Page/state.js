// What is looked at lies in the address, so that it can be shared and the back button works.

const names = ["view", "q", "since", "from", "to", "event", "trace"];
const listeners = new Set();

/** The shown span when the address names none. */
export const defaultSince = "15m";

export const state = {};
read();

function read() {
    const parameters = new URLSearchParams(location.search);
    for (const name of names) state[name] = parameters.get(name) ?? "";
    if (state.trace) state.view = "trace";
    if (!["trace", "status"].includes(state.view)) state.view = "lines";
    if (!state.since && !state.from && !state.to) state.since = defaultSince;
}

/** The address of a state like this one but for some values. */
export function address(changes = {}) {
    const next = { ...state, ...changes };
    if (next.view !== "trace") next.trace = "";
    const parameters = new URLSearchParams();
    for (const name of names) {
        const value = next[name];
        if (!value) continue;
        if (name === "view" && value !== "status") continue;
        if (name === "since" && value === defaultSince) continue;
        parameters.set(name, value);
    }
    const text = parameters.toString();
    return text ? `/?${text}` : "/";
}

/** Where a trace is looked at. */
export const traceAddress = (id) => address({ view: "trace", trace: String(id), q: "", event: "" });

/** Goes to another state. With `replace`, the back button does not come back to this one; with `quiet`, only the address changes. */
export function go(changes, { replace = false, quiet = false } = {}) {
    const next = address(changes);
    if (next !== location.pathname + location.search) {
        history[replace ? "replaceState" : "pushState"](null, "", next);
    }
    read();
    if (!quiet) tell();
}

export function onChange(listener) { listeners.add(listener); }

function tell() { for (const listener of listeners) listener(state); }

addEventListener("popstate", () => { read(); tell(); });

/** Follows links of our own without loading the page again. */
document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='/']");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target) return;
    event.preventDefault();
    history.pushState(null, "", link.getAttribute("href"));
    read();
    tell();
});

/** The time range as parameters of the API. */
export function range() {
    if (state.from || state.to) return { from: state.from, to: state.to };
    return state.since === "all" ? {} : { since: state.since };
}
