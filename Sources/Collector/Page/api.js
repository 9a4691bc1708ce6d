// Asking the collector. One request of a kind at a time: a newer one ends the older.

const running = new Map();

export class APIError extends Error {
    constructor(status, body) {
        super(body?.message ?? `the collector answered ${status}`);
        this.status = status;
        this.at = body?.at;
        this.length = body?.length;
    }
}

export function url(path, parameters = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== undefined && value !== null && value !== "") query.set(name, value);
    }
    const text = query.toString();
    return `/api/v1/${path}${text ? `?${text}` : ""}`;
}

/** Ends a request that nobody waits for any more. */
export function cancel(kind) {
    running.get(kind)?.abort();
    running.delete(kind);
}

/** @returns the answer, or undefined when a newer request took this one's place. */
export async function get(kind, path, parameters, { text = false } = {}) {
    cancel(kind);
    const controller = new AbortController();
    running.set(kind, controller);
    try {
        const response = await fetch(url(path, parameters), { signal: controller.signal, cache: "no-store" });
        if (!response.ok) {
            let body = null;
            try { body = (await response.json()).error; } catch { /* not ours; the status says enough */ }
            throw new APIError(response.status, body);
        }
        return text ? await response.text() : await response.json();
    } catch (error) {
        if (error.name === "AbortError") return undefined;
        if (error instanceof APIError) throw error;
        throw new APIError(0, { message: "The collector does not answer." });
    } finally {
        if (running.get(kind) === controller) running.delete(kind);
    }
}
