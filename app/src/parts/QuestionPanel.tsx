/** What is asked: a preset, and every option of the study, from its schema. */
import { computed, signal, useSignal, useSignalEffect } from "@preact/signals";
import type { Awaited } from "../engine/client.ts";
import type { Answers } from "../engine/protocol.ts";
import { WRITTEN } from "../state/address.ts";
import { type Field, fieldsOf } from "../state/forms.ts";
import { panel } from "../state/keys.ts";
import { PRESETS, presetOf } from "../state/presets.ts";
import { head, status } from "../state/run.ts";
import {
  begin,
  change,
  choosePreset,
  engine,
  isOfRun,
  needed,
  preset,
  question,
  titleOf,
  tried,
} from "../state/session.ts";
import { DataPanel } from "./DataPanel.tsx";
import { costText } from "./Status.tsx";

/** Fields by where they stand; all others are under "More". */
const FIRST = ["layers", "activation", "seeds"];
const TRAINING = ["epochs", "optimizer", "learningRate", "batch"];
const MORE_TRAINING = [
  "loss",
  "reduction",
  "outputActivation",
  "bias",
  "initializer",
  "l2",
  "dropout",
  "batchNorm",
  "randomLabels",
];
const MEASURING = ["bins", "tolerance"];
const MORE_MEASURING = ["every", "at", "samples", "inputRange", "valueRange"];

const LABELS: Readonly<Record<string, string>> = {
  layers: "network",
  outputActivation: "last layer",
  learningRate: "rate",
  batchNorm: "batch norm",
  randomLabels: "random labels",
  tolerance: "± of EI, bits",
  every: "every, epochs",
  at: "at epochs",
  inputRange: "input range",
  valueRange: "value range",
  l2: "weight decay",
};

const labelOf = (name: string) => LABELS[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** All options of the question, those that follow from others included; and what is wrong with it. */
const resolved = signal<Readonly<Record<string, unknown>> | undefined>(undefined);
/** Without its file the run itself knows them. */
const known = computed(() => (needed.value !== undefined && isOfRun.value ? head.value?.options : resolved.value));
const wrongQuestion = signal<string | undefined>(undefined);

export function QuestionPanel() {
  useSignalEffect(() => {
    // Without its file, nothing is known of a question but that it lacks one.
    if (needed.value !== undefined) return undefined;
    const awaited = engine().inquire({ of: "options", question: question.value });
    awaited.answer.then(
      (found) => {
        resolved.value = found;
        wrongQuestion.value = undefined;
      },
      (error: Error) => {
        wrongQuestion.value = error.message;
      },
    );
    return awaited.forget;
  });
  const { study } = question.value;
  const fields = fieldsOf(study);
  const some = (names: readonly string[]) => names.flatMap((name) => fields.filter((field) => field.name === name));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin();
        // On a phone, where it is to be seen.
        panel.value = "plane";
      }}
    >
      <h2>Question</h2>
      <label for="preset">preset</label>
      <select id="preset" value={preset.value ?? ""} onChange={(event) => choosePreset(event.currentTarget.value)}>
        {PRESETS.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
        <option value="" disabled>
          your own
        </option>
      </select>
      <DataPanel resolved={known.value} />
      {some(FIRST).map((field) => (
        <Input key={field.name} field={field} />
      ))}
      <h3 class="wide">Training</h3>
      {some(TRAINING).map((field) => (
        <Input key={field.name} field={field} />
      ))}
      <More names="loss, biases, weight decay …" fields={some(MORE_TRAINING)} />
      <h3 class="wide">Measuring</h3>
      {some(MEASURING).map((field) => (
        <Input key={field.name} field={field} />
      ))}
      <More names="epochs to measure, ranges …" fields={some(MORE_MEASURING)} />
      <div class="about wide">
        <p>{presetOf(preset.value ?? "")?.about}</p>
      </div>
      <TriedList />
      <div class="act wide">
        {wrongQuestion.value !== undefined && (
          <p class="cost wide wrong" role="alert">
            {wrongQuestion.value}
          </p>
        )}
        <Cost />
        <div class="buttons wide">
          <button type="submit" class="primary" title="Train (T)" disabled={needed.value !== undefined}>
            {status.value === "training" ? "Train anew" : "Train"}
          </button>
          <button type="button" onClick={newSeeds} title="The same question with other first weights">
            New seeds
          </button>
        </div>
      </div>
    </form>
  );
}

/** Fields that few change; open where one of them has been. */
function More({ names, fields }: { names: string; fields: readonly Field[] }) {
  const { options } = question.value;
  return (
    <details open={fields.some(({ name }) => name !== "every" && options[name] !== undefined)}>
      <summary>{names}</summary>
      <div>
        {fields.map((field) => (
          <Input key={field.name} field={field} />
        ))}
      </div>
    </details>
  );
}

function newSeeds(): void {
  const fallback = fieldsOf(question.value.study).find(({ name }) => name === "seeds")?.default ?? [0];
  const now = (question.value.options.seeds ?? fallback) as readonly number[];
  const next = now.reduce((most, seed) => Math.max(most, seed), 0) + 1;
  change(
    "seeds",
    now.map((_, at) => next + at),
  );
  begin();
}

function Input({ field }: { field: Field }) {
  const { name, kind, names, description, expected } = field;
  const written = WRITTEN[name]!;
  const given = question.value.options[name];
  const value = given ?? known.value?.[name] ?? field.default;
  const id = `option-${name}`;
  const printed = value === null || value === undefined ? "" : written.print(value);
  const wrong = useSignal<{ readonly text: string; readonly of: string; readonly said: string } | undefined>(undefined);
  // What was typed stays, until the question has another value.
  const mistake = wrong.value !== undefined && wrong.value.of === printed ? wrong.value : undefined;
  const title = [description, expected && `Expected: ${expected}.`].filter(Boolean).join(". ");
  const label = (
    <label for={id} title={title}>
      {labelOf(name)}
    </label>
  );
  if (kind === "flag") {
    return (
      <>
        {label}
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          onChange={(event) => change(name, event.currentTarget.checked)}
        />
      </>
    );
  }
  if (names !== undefined) {
    return (
      <>
        {label}
        <select
          id={id}
          value={String(value)}
          title={title}
          onChange={(event) => change(name, event.currentTarget.value)}
        >
          {names.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </>
    );
  }
  return (
    <>
      {label}
      <input
        id={id}
        type="text"
        inputMode={kind === "number" || kind === "whole number" ? "decimal" : "text"}
        value={mistake?.text ?? printed}
        title={title}
        aria-invalid={mistake !== undefined}
        aria-describedby={mistake === undefined ? undefined : `${id}-wrong`}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          const parsed = text === "" ? undefined : written.parse(text);
          if (text !== "" && parsed === undefined)
            wrong.value = { text, of: printed, said: `Expected ${expected ?? "another value"}.` };
          else {
            wrong.value = undefined;
            change(name, parsed);
          }
        }}
      />
      {mistake !== undefined && (
        <p class="wide small wrong" id={`${id}-wrong`} role="alert">
          {mistake.said}
        </p>
      )}
    </>
  );
}

/** Costs that were found, by question. */
const costs = new Map<string, Answers["cost"]>();

/** What the question will take, found by short trials; nothing while a run is at work, which would be held up by it. */
function Cost() {
  const cost = useSignal<Answers["cost"] | undefined>(undefined);
  useSignalEffect(() => {
    const asked = question.value;
    const key = JSON.stringify(asked);
    cost.value = costs.get(key);
    // What is shown has been paid for; trials would hold up what one asks of it.
    if (cost.peek() !== undefined || status.value === "training" || isOfRun.value || needed.value !== undefined) return;
    let awaited: Awaited<Answers["cost"]> | undefined;
    const timer = setTimeout(() => {
      awaited = engine().inquire({ of: "cost", question: asked });
      awaited.answer.then(
        (found) => {
          costs.set(key, found);
          cost.value = found;
        },
        () => {},
      );
    }, 600);
    return () => {
      clearTimeout(timer);
      awaited?.forget();
    };
  });
  const found = cost.value;
  if (found === undefined) return null;
  return (
    <p class="cost wide num">
      <strong>≈ {costText(found.seconds)}</strong> on this machine · {found.checkpoints.toLocaleString("en")}{" "}
      checkpoints to measure
    </p>
  );
}

function TriedList() {
  if (tried.value.length < 2) return null;
  return (
    <details class="wide">
      <summary>Tried ({tried.value.length})</summary>
      <ul class="tried">
        {tried.value.map((each) => (
          <li key={JSON.stringify(each.question)}>
            <button
              type="button"
              onClick={() => {
                preset.value = undefined;
                question.value = each.question;
              }}
            >
              {titleOf(each.question)} · mean EI {each.ei.map((bits) => bits.toFixed(1)).join(" ")} bit · test{" "}
              {(100 * each.accuracy).toFixed(0)} %
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
