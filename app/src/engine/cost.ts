/** A file of its own, so that what estimates costs is loaded when a cost is asked for. */
export { studyCost } from "@causalscope/runs";
