/** What needs Node: pictures as pixels, films as GIF, and a study's figures and page together. */
export { drawStudy, type DrawnStudy } from "./study-report.ts";
export { pixels, png } from "./png.ts";
export { frames } from "./film/frames.ts";
export { type GifWriter, gifWriter } from "./film/gif.ts";
