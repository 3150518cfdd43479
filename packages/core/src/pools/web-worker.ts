/** What a Web Worker runs. */
import { serve } from "./serve-tasks.ts";

serve();
