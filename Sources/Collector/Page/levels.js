// The levels, worst first, with the names that the collector gives them.

export const levels = ["fatal", "error", "warning", "info", "debug", "trace", "unknown"];

/** The class and short name of a level; anything else is unknown. */
export function level(name) {
    const text = name === "warn" ? "warning" : name;
    return levels.includes(text) ? text : "unknown";
}

export const short = { fatal: "FATAL", error: "ERROR", warning: "WARN", info: "INFO", debug: "DEBUG", trace: "TRACE", unknown: "–" };
