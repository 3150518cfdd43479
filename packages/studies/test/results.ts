/** Results of studies without a folder. */

import { joinedRows, type Rows } from "../../runs/src/row-tables.ts";
import type { Part, PartResult, Study, StudyWork } from "../../runs/src/study.ts";

/** Of one part, after the given one. */
export async function resultsOf<P extends Part>(
  study: Pick<Study<object, P>, "run">,
  part: P,
  work: StudyWork = {},
  resumeFrom?: PartResult,
): Promise<PartResult[]> {
  const results: PartResult[] = [];
  for await (const result of study.run(part, work, resumeFrom)) results.push(result);
  return results;
}

/** Of all parts. */
export async function rowsOf(study: Study, options: object, work: StudyWork = {}): Promise<Rows> {
  const results: PartResult[] = [];
  for (const part of study.parts(options)) results.push(...(await resultsOf(study, part, work)));
  return joinedRows(results);
}
