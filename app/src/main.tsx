/** The page begins here. */
import { viewStyle } from "@causalscope/report/views";
import { render } from "preact";
import { App } from "./App.tsx";
import { keepForOffline } from "./state/offline.ts";
import { takeToken } from "./state/token.ts";

const isServedByCommand = takeToken();

// The sheet of the views comes as text: a strict policy takes no style element, but it takes this.
const sheet = new CSSStyleSheet();
sheet.replaceSync(viewStyle);
document.adoptedStyleSheets = [sheet];

render(<App />, document.getElementById("app")!);
keepForOffline(isServedByCommand);
