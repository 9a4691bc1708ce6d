// The levels, worst first, with the names that the collector gives them.

export const levels = ["fatal", "error", "warning", "info", "debug", "trace", "unknown"];

/** Counts by the collector's names as counts by ours. */
export function byLevel(counts) {
    const own = {};
    for (const [name, number] of Object.entries(counts)) own[level(name)] = (own[level(name)] ?? 0) + number;
    return own;
}

/** The class and short name of a level; anything else is unknown. */
export function level(name) {
    const text = name === "warn" ? "warning" : name;
    return levels.includes(text) ? text : "unknown";
}

export const short = { fatal: "FATAL", error: "ERROR", warning: "WARN", info: "INFO", debug: "DEBUG", trace: "TRACE", unknown: "–" };
