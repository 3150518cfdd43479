/** Examples of two features as they would be learned: so that noise and sample are seen before training. */
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Answers, Examples } from "../engine/protocol.ts";
import { examples } from "../state/data.ts";
import { theme } from "../state/theme.ts";

/** Points on each side of the preview, and the most points in it. */
const SIDE = 150;
const MOST_POINTS = 400;

export function Preview({ found }: { found: NonNullable<Answers["data"]["examples"]> }) {
  const { train, test, columns } = found;
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const drawn = examples.value?.examples;
    void theme.value;
    if (drawn !== undefined && canvas.current !== null) draw(canvas.current, drawn);
  });
  const [x = "first feature", y = "second feature"] = columns;
  return (
    <canvas
      ref={canvas}
      class="wide preview"
      width={2 * SIDE}
      height={2 * SIDE}
      role="img"
      aria-label={`${train.rows} training and ${test.rows} test points: ${x} to the right, ${y} upwards`}
    />
  );
}

function draw(canvas: HTMLCanvasElement, { train, test }: NonNullable<Answers["data"]["examples"]>): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const style = getComputedStyle(canvas);
  const colors = ["--neg", "--pos", "--c2", "--c3", "--c4", "--c5", "--c6"].map((name) => style.getPropertyValue(name));
  const [low, high] = [extent(train, test, Math.min, 0), extent(train, test, Math.max, 1)];
  const at = (value: number) => 6 + ((value - low) / (high - low || 1)) * (canvas.width - 12);
  for (const [part, isTest] of [
    [train, false],
    [test, true],
  ] as const) {
    const every = Math.max(1, Math.ceil(part.rows / MOST_POINTS));
    for (let row = 0; row < part.rows; row += every) {
      const color = colors[part.labels[row]! % colors.length]!;
      context.beginPath();
      context.arc(at(part.inputs[2 * row]!), canvas.height - at(part.inputs[2 * row + 1]!), 4, 0, 2 * Math.PI);
      context.lineWidth = 2;
      if (isTest) {
        context.strokeStyle = color;
        context.stroke();
      } else {
        context.fillStyle = color;
        context.fill();
      }
    }
  }
}

function extent(train: Examples, test: Examples, most: (a: number, b: number) => number, start: number): number {
  let found = start;
  for (const { inputs } of [train, test]) for (const value of inputs) found = most(found, value);
  return found;
}
