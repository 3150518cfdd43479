/** A Web Worker's side of the messages: keeps jobs, and answers calls. */

import { failureOf } from "../checks/failure.ts";
import type { Answer, Call } from "./crew.ts";
import type { FromWorker, ToWorker } from "./web-messages.ts";

/** Answers the messages of the page that started this worker. */
export function listen(answer: (call: Call) => Promise<Answer>): void {
  const jobs = new Map<number, unknown>();
  const say = (message: FromWorker) => postMessage(message);
  addEventListener("message", async ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === "job") jobs.set(data.id, data.job);
    else if (data.kind === "forget") jobs.delete(data.id);
    else {
      const found = await answer({ ...data.call, job: jobs.get(data.id) });
      try {
        say(found);
      } catch (error) {
        say({ failure: failureOf(error) });
      }
    }
  });
}
