// Lines as they come, from server-sent events. Nothing flows while the page is hidden.
import { url } from "./api.js";

let source = null;
let wanted = null;
let last = "";

/** Begins to listen. `onLines` gets lines oldest first, a few times a second at most; `onSkipped` how many were too many to show. */
export function open({ q, after, onReady, onLines, onSkipped, onTrouble }) {
    close();
    wanted = { q, onReady, onLines, onSkipped, onTrouble };
    last = after ?? "";
    connect();
}

export function close() {
    wanted = null;
    disconnect();
}

function disconnect() {
    source?.close();
    source = null;
}

function connect() {
    const mine = wanted;
    if (!mine || document.hidden || source) return;
    let waiting = [];
    let timer = 0;
    source = new EventSource(url("tail", { q: mine.q, after: last }));
    const here = source;
    source.addEventListener("ready", (event) => {
        last = event.lastEventId || last;
        mine.onTrouble("");
        mine.onReady();
    });
    source.addEventListener("message", (event) => {
        if (mine !== wanted) return;
        last = event.lastEventId || last;
        try { waiting.push(JSON.parse(event.data)); } catch { return; }
        if (!timer) timer = setTimeout(() => {
            timer = 0;
            const lines = waiting;
            waiting = [];
            if (mine === wanted) mine.onLines(lines);
        }, 120);
    });
    source.addEventListener("skipped", (event) => {
        if (mine === wanted) mine.onSkipped(Number(JSON.parse(event.data).count) || 0);
    });
    source.addEventListener("error", () => {
        if (mine !== wanted || here !== source) return;
        mine.onTrouble("The collector does not answer; trying again.");
        if (here.readyState === EventSource.CLOSED) {
            disconnect();
            setTimeout(connect, 3000);
        }
    });
}

document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
