// Bundlers of this repository take the packages as they stand, not as they were built.
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

/** The source file of `@causalscope/NAME` or `@causalscope/NAME/PART`. `workers`: of Node's threads or of Web Workers. */
export function sourceOf(specifier, { browser = false } = {}) {
  const [, name, part = "index"] = specifier.split("/");
  if (name === "core" && part === "workers") return `${packages}core/src/pools/${browser ? "web" : "node"}-pool.ts`;
  if (specifier === "#platform") return `${packages}runs/src/platform-${browser ? "browser" : "node"}.ts`;
  if (name === "runs" && part === "disk") return `${packages}runs/src/storage.ts`;
  return `${packages}${name}/src/${part}.ts`;
}

/** A plugin of esbuild. */
export const packageSources = (options) => ({
  name: "package-sources",
  setup(build) {
    build.onResolve({ filter: /^@causalscope\/|^#platform$/ }, ({ path }) => ({
      path: sourceOf(path, options),
      sideEffects: false,
    }));
  },
});
