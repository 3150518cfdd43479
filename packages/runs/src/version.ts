/**
 * Version of Causalscope: what a run says it was made by. A constant, since a page has no package.json to read it from; a test holds it to
 * the one there.
 */
export const VERSION = "0.1.0";
