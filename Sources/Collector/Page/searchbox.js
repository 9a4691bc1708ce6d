// The search box: searches while one types, and underlines the place that the language does not understand.
import { $ } from "./dom.js";
import { go, state } from "./state.js";
import { place } from "./query.js";

const pause = 350;
let timer = 0;
let typed = false;

export function start() {
    const input = $("query");
    input.addEventListener("input", () => {
        $("clear").hidden = !input.value;
        clearError();
        clearTimeout(timer);
        timer = setTimeout(() => { typed = true; submit({ replace: true }); }, pause);
    });
    input.addEventListener("scroll", () => { $("underline").scrollLeft = input.scrollLeft; });
    $("search").addEventListener("submit", (event) => {
        event.preventDefault();
        clearTimeout(timer);
        typed = false;
        submit({ replace: false });
    });
    $("clear").addEventListener("click", () => {
        input.value = "";
        $("clear").hidden = true;
        submit({ replace: false });
        input.focus();
    });
}

function submit({ replace }) {
    const q = $("query").value.trim();
    go({ q, view: "lines", trace: "", event: "" }, { replace });
}

/** Shows the query of the address, unless that is where it came from. */
export function show() {
    const input = $("query");
    if (input.value.trim() !== state.q) input.value = state.q;
    $("clear").hidden = !input.value;
    if (state.view !== "lines") clearError();
}

export function clearError() {
    $("query-error").hidden = true;
    $("query").removeAttribute("aria-invalid");
    $("underline").replaceChildren();
}

/** A wrong query: its place is underlined at once, what is wrong is said below. */
export function showError(error) {
    const input = $("query");
    const text = input.value;
    const lead = text.length - text.trimStart().length;
    $("query-error").textContent = error.message;
    $("query-error").hidden = false;
    $("query-error").classList.toggle("calm", typed);
    input.setAttribute("aria-invalid", "true");
    if (error.at === undefined || error.at === null) return;
    let [start, end] = place(text.slice(lead), error.at, error.length ?? 1);
    start += lead;
    end += lead;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end) || "\u00a0";
    $("underline").replaceChildren(text.slice(0, start), mark, text.slice(end));
    $("underline").scrollLeft = input.scrollLeft;
}
