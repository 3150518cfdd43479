/** The joint states of several discrete things, sample by sample: a pair of small numbers is one number, renumbered thing after thing. */
import { StateTable } from "./state-table.ts";

export class JointStates {
  /** Of each sample, 0 … `counts.length` − 1, in the order in which states first come. */
  states: Int32Array;
  /** How often each state occurs. */
  counts: Int32Array;

  /** Before any thing is added all samples have one state. */
  constructor(samples: number) {
    this.states = new Int32Array(samples);
    this.counts = Int32Array.of(samples);
  }

  /** @param column a state of the thing for each sample, any whole numbers of 32 bits. */
  add(column: Int32Array): this {
    const table = new StateTable();
    this.states = this.states.map((state, sample) => table.add(state, column[sample]!));
    this.counts = table.list().counts;
    return this;
  }
}

export function jointStates(columns: readonly Int32Array[]): JointStates {
  const joint = new JointStates(columns[0]!.length);
  for (const column of columns) joint.add(column);
  return joint;
}
