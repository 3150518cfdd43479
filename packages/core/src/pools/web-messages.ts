/** What a page and its Web Workers say to each other. A job is sent once to each worker that has a shard of it. */
import type { Answer, Call } from "./crew.ts";

export type ToWorker =
  | { readonly kind: "job"; readonly id: number; readonly job: unknown }
  | { readonly kind: "forget"; readonly id: number }
  | { readonly kind: "call"; readonly id: number; readonly call: Omit<Call, "job"> };

export type FromWorker = Answer;
