/** The page begins here. */
import { render } from "preact";
import { App } from "./App.tsx";
import { takeToken } from "./state/token.ts";

takeToken();

render(<App />, document.getElementById("app")!);
