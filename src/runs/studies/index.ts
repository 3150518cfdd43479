/** All studies, by name. */
import { irisStudy } from "./iris.ts";

export const studies = { iris: irisStudy } as const;
export type StudyName = keyof typeof studies;
