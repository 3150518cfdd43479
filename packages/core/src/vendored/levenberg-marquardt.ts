/** The curve fit of ml-levenberg-marquardt: bundled by scripts/bundle-vendored.mjs, for it brings three more packages. */
import type * as fit from "ml-levenberg-marquardt";
import { levenbergMarquardt as bundled } from "./generated/ml-levenberg-marquardt.ts";

export const levenbergMarquardt = bundled as unknown as typeof fit.levenbergMarquardt;
