/** The part of fflate that is used, with fflate's own types: bundled by scripts/bundle-vendored.mjs, for the whole is 0.8 MB. */
import type * as fflate from "fflate";
import * as bundled from "./generated/fflate.ts";

export type { UnzipFileInfo } from "fflate";

type Gunzip = fflate.Gunzip;
type Inflate = fflate.Inflate;

const parts = bundled as unknown as Pick<typeof fflate, "Gunzip" | "Inflate" | "unzipSync">;
const { Gunzip, Inflate, unzipSync } = parts;

export { Gunzip, Inflate, unzipSync };
