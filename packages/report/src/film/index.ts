/** Films of training runs. */
export { frames } from "./frames.ts";
export { gifWriter } from "./gif.ts";
export { type Scene, type SceneOptions, sceneOf } from "./scene.ts";
