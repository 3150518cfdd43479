/** The page: static files that need no special headers, in any folder. */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const engine = (file: string) => fileURLToPath(new URL(`src/engine/${file}`, import.meta.url));

/** Of the forms of all studies, those that the page has: of networks that learn, and of their fields what a form shows. */
const trainingForms: Plugin = {
  name: "training-forms",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/forms.json")) return undefined;
    const forms = JSON.parse(code) as { name: string; fields: Record<string, unknown>[] }[];
    const kept = forms
      .filter(({ fields }) => fields.some(({ name }) => name === "learningRate"))
      .map(({ name, fields }) => ({
        name,
        fields: fields.map(({ name, kind, names, description, expected, default: preset }) => ({
          ...{ name, kind, names, description, expected, default: preset },
        })),
      }));
    return JSON.stringify(kept);
  },
};

/** Figures of studies are drawn by the command: the page asks for none, and does not carry what draws them. */
const noFigures: Plugin = {
  name: "no-figures",
  enforce: "pre",
  resolveId: (id) =>
    /^@causalscope\/report$|\/(?:open-figure|figures|figure-\d)\.js$/.test(id) ? engine("no-figures.ts") : undefined,
};

/** The worker that the library brings along: the engine starts itself again for its pool. */
const ownWorker: Plugin = {
  name: "own-worker",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/pools/web-pool.js")) return undefined;
    const hire = 'new Worker(new URL("./web-worker.js", import.meta.url), { type: "module" })';
    if (!code.includes(hire)) throw new Error(`${id} starts its worker in another way`);
    return code.replace(hire, "undefined");
  },
};

export default defineConfig({
  plugins: [trainingForms],
  resolve: {
    alias: [
      // Parts of ONNX models run by onnxruntime, 14 MB: nothing of this page does.
      { find: /^onnxruntime-web.*/, replacement: engine("no-runtime.ts") },
      { find: /^hyparquet-writer$/, replacement: engine("parquet.ts") },
    ],
  },
  base: "./",
  build: {
    target: "es2023",
    outDir: "../packages/cli/dist/app",
    emptyOutDir: true,
    // Everything beside the page: a strict content security policy takes no scripts within it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        comments: { annotation: false },
        // What is there at once is one file, though parts that come later share some of it.
        codeSplitting: { groups: [{ name: "page", test: /app\/src\/main\.tsx$/ }] },
      },
    },
  },
  worker: {
    format: "es",
    plugins: () => [noFigures, ownWorker],
    rolldownOptions: {
      output: {
        // Notes for bundlers, which come after none.
        comments: { annotation: false },
        // What a network of dense layers needs, with all that it imports, is one file: fifty small ones weigh a tenth more.
        codeSplitting: {
          groups: [
            { name: "engine", test: /engine\.worker\.ts$|no-figures\.ts$|studies\/dist\/(?:iris|train)\/index\.js$/ },
          ],
        },
      },
    },
  },
});
