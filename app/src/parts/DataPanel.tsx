/** The data of the question: which, with how much noise, how many of them test, and another sample of them; or a table of one's own. */
import { MOST_NOISE, TOY_NOISE } from "@causalscope/runs";
import { useSignalEffect } from "@preact/signals";
import { changeTestShare, chooseData, examples, followExamples, hasNoise } from "../state/data.ts";
import { actions } from "../state/keys.ts";
import { change, question } from "../state/session.ts";
import { later } from "./later.tsx";

const OwnTable = later(() => import("./OwnTable.tsx").then((part) => part.OwnTable));
const Preview = later(() => import("./Preview.tsx").then((part) => part.Preview));

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
      {found?.examples !== undefined && <Preview />}
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
