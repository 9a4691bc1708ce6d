// One line under the head for what does not work just now.
import { $ } from "./dom.js";

export function trouble(text) {
    $("trouble").textContent = text;
    $("trouble").hidden = !text;
}
