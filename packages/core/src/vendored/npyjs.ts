/** The reader of .npy files of npyjs: bundled by scripts/bundle-vendored.mjs, for npyjs brings six more packages to fetch files. */
import type * as npyjs from "npyjs";
import { parse as bundled } from "./generated/npyjs.ts";

export const parse = bundled as unknown as typeof npyjs.parse;
