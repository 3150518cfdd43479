/** What a Web Worker runs. */
import { answering } from "./answer.ts";
import { serve } from "./serve.ts";
import { tasks } from "./tasks.ts";

serve(answering(tasks));
