/** A Web Worker that knows the browser test's task. */
import { answering } from "../../src/parallel/answer.ts";
import { serve } from "../../src/parallel/serve.ts";
import { kernelTask } from "./kernel-task.ts";

serve(answering([kernelTask]));
