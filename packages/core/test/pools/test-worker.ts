/** A worker thread that knows the tests' tasks, too. */
import { answering } from "../../src/pools/answer.ts";
import { tasks } from "../../src/pools/tasks.ts";
import { testTasks } from "./test-tasks.ts";

export default answering([...tasks, ...testTasks]);
