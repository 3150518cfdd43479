/** What a worker thread of Node runs. */
import { answering } from "./answer.ts";
import { tasks } from "./tasks.ts";

export default answering(tasks);
