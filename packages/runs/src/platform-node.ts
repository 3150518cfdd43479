/** What differs between Node and a browser, in Node: see "imports" in package.json. */
export { environment } from "./environment.ts";
export { disk } from "./storage.ts";
