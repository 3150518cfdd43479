/** A Web Worker that knows the browser test's tasks. */
import { answering } from "../../src/parallel/answer.ts";
import { serve } from "../../src/parallel/serve.ts";
import { fragileTask } from "./web-tasks.ts";

serve(answering([fragileTask]));
