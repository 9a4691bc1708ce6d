// The few things that the page does to a query: add a filter, take it away, see whether it is there.

/** The top level of a query in pieces: words, quoted texts and groups in parentheses. */
export function pieces(query) {
    const found = [];
    let start = -1;
    let depth = 0;
    let quoted = false;
    for (let index = 0; index < query.length; index += 1) {
        const letter = query[index];
        if (start < 0 && !/\s/.test(letter)) start = index;
        if (quoted) {
            if (letter === "\\") index += 1;
            else if (letter === '"') quoted = false;
        } else if (letter === '"') quoted = true;
        else if (letter === "(") depth += 1;
        else if (letter === ")") depth = Math.max(0, depth - 1);
        else if (/\s/.test(letter) && depth === 0 && start >= 0) {
            found.push({ text: query.slice(start, index), start, end: index });
            start = -1;
        }
    }
    if (start >= 0) found.push({ text: query.slice(start), start, end: query.length });
    return found;
}

/** A value as the language wants it: quoted unless it is one plain word. */
export function quote(value) {
    if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(value) && !/^(AND|OR|NOT)$/.test(value) && !value.includes("..")) return value;
    return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** A field's name, where the language can name it at all. */
export const canName = (field) => /^[A-Za-z_@][A-Za-z0-9_.@/-]*$/.test(field);

export const term = (field, value, exclude) => `${exclude ? "-" : ""}${field}:${quote(value)}`;

export const has = (query, wanted) => pieces(query).some((piece) => piece.text === wanted);

export function without(query, unwanted) {
    const kept = pieces(query).map((piece) => piece.text).filter((text) => text !== unwanted);
    return kept.filter((text, index) => text !== "AND" || (index > 0 && index < kept.length - 1 && kept[index - 1] !== "AND")).join(" ");
}

/** Adds the filter or its opposite; takes it away when it is there. */
export function toggle(query, field, value, exclude = false) {
    const wanted = term(field, value, exclude);
    if (has(query, wanted)) return without(query, wanted);
    const rest = pieces(without(query, term(field, value, !exclude))).map((piece) => piece.text);
    if (!rest.includes("OR")) return [...rest, wanted].join(" ");
    // Times are of the whole query and stay outside.
    const isTime = (text) => /^(since|until):/.test(text);
    return [`(${rest.filter((text) => !isTime(text)).join(" ")})`, ...rest.filter(isTime), wanted].join(" ");
}

/** Where a place in UTF-8 bytes lies in the text. */
export function place(text, at, length) {
    const encoder = new TextEncoder();
    let [position, start, end] = [0, text.length, text.length];
    let index = 0;
    for (const letter of text) {
        if (position >= at && start === text.length) start = index;
        if (position >= at + length && end === text.length) { end = index; break; }
        position += encoder.encode(letter).length;
        index += letter.length;
    }
    return [start, Math.max(end, start)];
}
