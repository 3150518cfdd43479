/** Small things that every package of Causalscope needs, and that load nothing else. Not for other programs: it changes without notice. */
export { counted, escaped, escapedAll, escapedLines } from "./checks/shown-text.ts";
export { LIMITS } from "./checks/budget.ts";
export { greatest, least } from "./information/extremes.ts";
export { sha256 } from "./vendored/sha256.ts";
export { yieldToEventLoop } from "./settings/yield-to-event-loop.ts";
