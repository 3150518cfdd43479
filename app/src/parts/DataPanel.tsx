/** The data of the question: which, with how much noise, how many of them test, and another sample of them; or a table of one's own. */
import { MOST_NOISE, TOY_NOISE } from "@causalscope/runs";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Answers, Examples } from "../engine/protocol.ts";
import {
  changeTable,
  changeTestShare,
  chooseData,
  examples,
  expects,
  followExamples,
  hasNoise,
} from "../state/data.ts";
import { actions } from "../state/keys.ts";
import { change, nameOfTable, question, tables } from "../state/session.ts";
import { theme } from "../state/theme.ts";

/** Data that come with the page. */
const EMBEDDED = ["iris", "mnist", "digits", "xor", "spiral", "circles"];

/** Fewer than so many of a hundred leave nothing to learn from, or to test with. */
const SHARES = [10, 90] as const;

/** The value of the choice of a file. */
const FILE = "file";

/** @param resolved all options of the question, those that follow from others included. */
export function DataPanel({ resolved }: { resolved: Readonly<Record<string, unknown>> | undefined }) {
  useSignalEffect(followExamples);
  const { options, study, table } = question.value;
  const data = table === undefined ? String(options.data ?? resolved?.data ?? study) : FILE;
  const found = examples.value;
  const noise = Number(options.noise ?? TOY_NOISE);
  const sample = Number(options.splitSeed ?? 0);
  const trainRows = Number(options.trainRows ?? resolved?.trainRows ?? 0);
  const share = found === undefined || data === "xor" ? undefined : 1 - trainRows / found.rows;
  return (
    <fieldset class="data">
      <legend>Data</legend>
      <label for="option-data" title="Data to learn from: those of the page, or a file of yours, which is not uploaded">
        data
      </label>
      <select
        id="option-data"
        value={data}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value !== FILE) return void chooseData(value);
          // The choice stands when there is a file.
          event.currentTarget.value = data;
          actions.open();
        }}
      >
        {EMBEDDED.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {table !== undefined && <option value={FILE}>{table.data}</option>}
        <option value={table === undefined ? FILE : "another"}>
          {table === undefined ? "your own file …" : "another file …"}
        </option>
      </select>
      {table !== undefined && <OwnTable />}
      {hasNoise(data) && (
        <Slider
          name="noise"
          title="Standard deviation of what is added to each coordinate"
          value={noise}
          least={0}
          most={MOST_NOISE}
          step={0.01}
          shown={`${noise}`}
          set={(value) => change("noise", value === TOY_NOISE ? undefined : value)}
        />
      )}
      {share !== undefined && (
        <Slider
          name="test share"
          title="Share of the examples that test; the others are learned from"
          value={Math.round(100 * share)}
          least={SHARES[0]}
          most={SHARES[1]}
          step={1}
          shown={`${Math.round(100 * share)} %`}
          set={changeTestShare}
        />
      )}
      {found?.examples !== undefined && <Preview found={found.examples} />}
      {data !== "xor" && (
        <>
          <span class="num" id="sample">
            sample {sample}
            {found !== undefined && (
              <small class="muted" title="Training and test examples">
                {trainRows.toLocaleString("en")} + {(found.rows - trainRows).toLocaleString("en")}
              </small>
            )}
          </span>
          <button
            type="button"
            title="Other examples of the same kind: another draw, or another cut in two"
            aria-describedby="sample"
            onClick={() => change("splitSeed", sample + 1)}
          >
            New sample
          </button>
        </>
      )}
    </fieldset>
  );
}

interface SliderProps {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly shown: string;
  readonly set: (value: number) => void;
}

function Slider({ name, title, value, least, most, step, shown, set }: SliderProps) {
  const id = `option-${name.replace(" ", "-")}`;
  return (
    <>
      <label for={id} title={title}>
        {name}
      </label>
      <span class="slider">
        <input
          id={id}
          type="range"
          min={least}
          max={most}
          step={step}
          value={value}
          aria-valuetext={shown}
          title={title}
          onInput={(event) => set(Number(event.currentTarget.value))}
        />
        <output for={id} class="num">
          {shown}
        </output>
      </span>
    </>
  );
}

/** What the file holds, and how it is read. */
function OwnTable() {
  const { table } = question.value;
  const found = table && tables.value.get(nameOfTable(table));
  if (table === undefined) return null;
  if (found === undefined) return <p class="wide small muted">{table.data} has not been dropped yet.</p>;
  const { rows, columns, classes } = found;
  return (
    <>
      <p class="wide small" title={`Inputs: ${some(columns)}. Classes: ${some(classes)}. Nothing is uploaded.`}>
        {rows.toLocaleString("en")} rows, {columns.length.toLocaleString("en")} inputs, {classes.length} classes
      </p>
      <span>labels</span>
      <button
        type="button"
        class="cut"
        title="Labels in a file of their own: drop it, or choose it here"
        onClick={() => {
          expects.value = "labels";
          actions.open();
        }}
      >
        {table.labels ?? (/\.npz$/i.test(table.data) ? "in the archive" : "last column")}
      </button>
      <label for="table-scale" title="What is made of the inputs">
        scaling
      </label>
      <select
        id="table-scale"
        value={table.scale ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          changeTable({ scale: value === "" ? undefined : (value as "none") });
        }}
      >
        <option value="">if needed</option>
        <option value="none">none</option>
        <option value="minmax">min to max</option>
        <option value="zscore">z-scores</option>
      </select>
      {table.missing !== undefined && <p class="wide small muted">Rows with missing values are dropped.</p>}
    </>
  );
}

const MOST_NAMES = 12;

function some(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(", ")} …` : names.join(", ");
}

/** Points on each side of the preview, and the most points in it. */
const SIDE = 150;
const MOST_POINTS = 400;

/** Examples of two features as they would be learned: so that noise and sample are seen before training. */
function Preview({ found }: { found: NonNullable<Answers["data"]["examples"]> }) {
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
