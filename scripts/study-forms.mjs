// What can be asked of each study, as plain data: packages/studies/dist/forms.json, from which an app makes its forms without loading a study.
import { writeFileSync } from "node:fs";

export async function studyForms() {
  const [{ studies }, { formOf }] = await Promise.all([
    import("../packages/studies/dist/index.js"),
    import("../packages/runs/dist/study-options.js"),
  ]);
  return Promise.all(studies.map(async ({ group, load }) => ({ group, ...formOf(await load()) })));
}

/** After TypeScript is compiled. */
export async function writeStudyForms() {
  const path = new URL("../packages/studies/dist/forms.json", import.meta.url);
  writeFileSync(path, `${JSON.stringify(await studyForms())}\n`);
}
