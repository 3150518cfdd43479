/** A program of which one input varies and the others rest: what does not depend on that input is computed once, and left out. */
import { activationOf } from "./activation.ts";
import { type Lists, type Program, type Step, valuesOf } from "./program.ts";

/** The same outputs as the program's, as a function of its input `varying`; the others are at `rest` (its own entry is not looked at). */
export function alone(program: Program, varying: number, rest: ArrayLike<number>): Program {
  return new Alone(program, varying, rest).made();
}

class Alone {
  readonly #program: Program;
  /** What each value is that does not depend on the input; NaN for the others. */
  readonly #known: Float64Array;
  /** Where each of the others is in the new program; −1 for those that are known. */
  readonly #position: Int32Array;
  readonly #steps: Step[] = [];
  #end = 1;

  constructor(program: Program, varying: number, rest: ArrayLike<number>) {
    const size = program.steps.reduce((sum, step) => sum + valuesOf(step), program.inputs);
    this.#program = program;
    this.#known = new Float64Array(size).fill(Number.NaN);
    this.#position = new Int32Array(size).fill(-1);
    for (let i = 0; i < program.inputs; i++) if (i !== varying) this.#known[i] = rest[i]!;
    this.#position[varying] = 0;
  }

  made(): Program {
    let at = this.#program.inputs;
    for (const step of this.#program.steps) {
      this.#take(step, at);
      at += valuesOf(step);
    }
    const { results, outputs } = this.#program;
    return { inputs: 1, outputs, results: this.#placed(results), steps: this.#steps };
  }

  #take(step: Step, at: number): void {
    switch (step.kind) {
      case "affine":
        this.#affine(step, at);
        return;
      case "activation": {
        const { value } = activationOf(step.activation);
        const varying: number[] = [];
        for (const [k, position] of step.of.entries()) {
          if (this.#isKnown(position)) this.#known[at + k] = value(this.#known[position]!);
          else varying.push(k);
        }
        const of = Int32Array.from(varying, (k) => this.#position[step.of[k]!]!);
        this.#append({ kind: "activation", activation: step.activation, of }, varying, at);
        return;
      }
      case "maximum": {
        const varying: number[] = [];
        const lists: number[][] = [];
        for (const [k, list] of eachOf(step.among).entries()) {
          const known = list.filter((position) => this.#isKnown(position));
          const most = known.reduce((least, position) => Math.max(least, this.#known[position]!), -Infinity);
          if (known.length === list.length) this.#known[at + k] = most;
          else {
            varying.push(k);
            const constant = known.find((position) => this.#known[position] === most);
            lists.push([
              ...list.filter((position) => !this.#isKnown(position)),
              ...(constant === undefined ? [] : [constant]),
            ]);
          }
        }
        this.#append({ kind: "maximum", among: this.#placedLists(lists) }, varying, at);
        return;
      }
      case "product": {
        const varying: number[] = [];
        for (const [k, left] of step.left.entries()) {
          const right = step.right[k]!;
          if (this.#isKnown(left) && this.#isKnown(right))
            this.#known[at + k] = this.#known[left]! * this.#known[right]!;
          else varying.push(k);
        }
        const left = this.#placed(varying.map((k) => step.left[k]!));
        const right = this.#placed(varying.map((k) => step.right[k]!));
        this.#append({ kind: "product", left, right }, varying, at);
        return;
      }
      case "softmax": {
        // Softmax of what is known alone does not occur in what follows an input: such lists are kept as they are.
        const all = Array.from(step.among.positions, (_, k) => k);
        this.#append({ kind: "softmax", among: this.#placedLists(eachOf(step.among)) }, all, at);
        return;
      }
    }
  }

  #affine({ terms, coefficients, shift }: Extract<Step, { kind: "affine" }>, at: number): void {
    const varying: number[] = [];
    const rows: { readonly shift: number; readonly positions: number[]; readonly by: number[] }[] = [];
    for (let row = 0; row < shift.length; row++) {
      let sum = shift[row]!;
      const positions: number[] = [];
      const by: number[] = [];
      for (let k = terms.starts[row]!; k < terms.starts[row + 1]!; k++) {
        const position = terms.positions[k]!;
        if (this.#isKnown(position)) sum += coefficients[k]! * this.#known[position]!;
        else {
          positions.push(this.#position[position]!);
          by.push(coefficients[k]!);
        }
      }
      if (positions.length === 0) this.#known[at + row] = sum;
      else {
        varying.push(row);
        rows.push({ shift: sum, positions, by });
      }
    }
    const made: Step = {
      kind: "affine",
      terms: listsOf(rows.map(({ positions }) => positions)),
      coefficients: Float64Array.from(rows.flatMap(({ by }) => by)),
      shift: Float64Array.from(rows, (row) => row.shift),
    };
    this.#append(made, varying, at);
  }

  #isKnown(position: number): boolean {
    return this.#position[position]! < 0;
  }

  /** Adds a step, whose values are those that are numbered `varying` among the old step's, which begin at `at`. */
  #append(step: Step, varying: readonly number[], at: number): void {
    if (varying.length === 0) return;
    this.#steps.push(step);
    for (const k of varying) this.#position[at + k] = this.#end++;
  }

  /** New positions, those of known values made by a step of their own. */
  #placed(positions: ArrayLike<number>): Int32Array {
    const known = new Map<number, number>();
    const found = Int32Array.from(positions, (position) => {
      if (!this.#isKnown(position)) return this.#position[position]!;
      if (!known.has(position)) known.set(position, this.#end + known.size);
      return known.get(position)!;
    });
    if (known.size > 0) {
      const shift = Float64Array.from(known.keys(), (position) => this.#known[position]!);
      this.#steps.push({
        kind: "affine",
        terms: listsOf(Array.from(shift, () => [])),
        coefficients: new Float64Array(0),
        shift,
      });
      this.#end += known.size;
    }
    return found;
  }

  #placedLists(lists: readonly number[][]): Lists {
    return { starts: listsOf(lists).starts, positions: this.#placed(lists.flat()) };
  }
}

function eachOf({ starts, positions }: Lists): number[][] {
  return Array.from({ length: starts.length - 1 }, (_, k) => Array.from(positions.subarray(starts[k], starts[k + 1])));
}

function listsOf(all: readonly number[][]): Lists {
  const starts = new Int32Array(all.length + 1);
  for (const [k, list] of all.entries()) starts[k + 1] = starts[k]! + list.length;
  return { starts, positions: Int32Array.from(all.flat()) };
}
