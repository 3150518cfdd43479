/** A Web Worker that knows the browser test's tasks. */
import { answering } from "../../src/pools/answer.ts";
import { listen } from "../../src/pools/serve.ts";
import { fragileTask } from "./web-tasks.ts";

listen(answering([fragileTask]));
