/** Examples of two features as they would be learned: so that noise and sample are seen before training. */
import { surfaceView } from "@causalscope/report/views";
import { examples } from "../state/data.ts";
import { Drawing } from "./Drawing.tsx";
import { surfacePicture } from "./surface-picture.ts";

export function Preview() {
  return (
    <Drawing
      className="wide preview"
      make={(host, picture) => surfaceView(host, { picture, height: 200 })}
      picture={() => examples.value?.examples && surfacePicture(examples.value.examples)}
    />
  );
}
