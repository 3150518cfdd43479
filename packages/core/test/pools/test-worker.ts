/** A worker thread that knows the tests' tasks, too. */
import { answering } from "../../src/parallel/answer.ts";
import { tasks } from "../../src/parallel/tasks.ts";
import { testTasks } from "./test-tasks.ts";

export default answering([...tasks, ...testTasks]);
