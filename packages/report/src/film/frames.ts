/** The pixels of a film's frames. */
import { pixels } from "../png.ts";
import type { Scene } from "./scene.ts";

/** Share of the film in which the last moment stands still, so that it can be read. */
const REST = 0.1;

/**
 * The frames of a film, one after another, `[height, width, 4]`, opaque; each is good until the next one is asked for.
 * In the last tenth the end stands still.
 *
 * @param width In pixels; the height follows from the scene, 16 : 9.
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const scene = sceneOf(trainingDataOf(await readStudyRun("runs/short")));
 * // 160 × 90 pixels of 4 bytes.
 * const sizes = [];
 * for (const frame of frames(scene, 3, 160)) sizes.push(frame.length);
 * console.log(sizes); // [ 57600, 57600, 57600 ]
 * ```
 */
export function* frames(scene: Scene, count: number, width: number): Generator<Uint8Array, void> {
  const ground = pixels(scene.ground, width);
  const frame = new Uint8Array(ground.length);
  const moving = Math.max(1, Math.round((1 - REST) * (count - 1)));
  for (let k = 0; k < count; k++) {
    if (k <= moving) {
      frame.set(ground);
      blend(frame, pixels(scene.moving(Math.min(1, k / moving)), width));
    }
    yield frame;
  }
}

/** Puts premultiplied colours over opaque ones. */
function blend(below: Uint8Array, above: Uint8Array): void {
  const words = new Uint32Array(above.buffer, above.byteOffset, above.length / 4);
  for (let pixel = 0; pixel < words.length; pixel++) {
    if (words[pixel] === 0) continue;
    const at = 4 * pixel;
    const left = 255 - above[at + 3]!;
    for (let part = at; part < at + 3; part++) below[part] = above[part]! + Math.round((below[part]! * left) / 255);
  }
}
