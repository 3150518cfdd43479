// Counts of joint states: an open-addressing table whose entries stand in the order in which their states first came.

@unmanaged
export class States {
  /** Entries, and slots: a power of two, at least twice the entries. */
  size: i32;
  mask: i32;
  /** Two words name a state; `counts` says how often it came, `values` holds one number that is a function of it. */
  low: usize;
  high: usize;
  counts: usize;
  values: usize;
  /** The entry in a slot, plus 1. */
  slots: usize;
}

// @ts-ignore: decorator
@inline function slotOf(states: States, low: i32, high: i32): usize {
  let hash: u32 = <u32>low * 0x9e3779b1 ^ <u32>(high ^ 0x5bd1e995) * 0x85ebca77;
  hash = (hash ^ (hash >>> 15)) * 0x2c1b3c6d;
  return <usize>((hash ^ (hash >>> 13)) & states.mask);
}

/** Counts a state `times`. There must be room for one more. */
// @ts-ignore: decorator
@inline export function addState(states: States, low: i32, high: i32, value: f64, times: i32): void {
  let slot = slotOf(states, low, high);
  for (;;) {
    const entry = load<i32>(states.slots + (slot << 2)) - 1;
    if (entry < 0) break;
    const at = <usize>entry << 2;
    if (load<i32>(states.low + at) == low && load<i32>(states.high + at) == high) {
      store<i32>(states.counts + at, load<i32>(states.counts + at) + times);
      return;
    }
    slot = (slot + 1) & states.mask;
  }
  const entry = <usize>states.size;
  states.size += 1;
  store<i32>(states.slots + (slot << 2), <i32>entry + 1);
  store<i32>(states.low + (entry << 2), low);
  store<i32>(states.high + (entry << 2), high);
  store<i32>(states.counts + (entry << 2), times);
  store<f64>(states.values + (entry << 3), value);
}

/** Fills empty slots with the entries there are. */
export function rehash(address: usize): void {
  const states = changetype<States>(address);
  for (let entry: usize = 0; entry < <usize>states.size; entry++) {
    let slot = slotOf(states, load<i32>(states.low + (entry << 2)), load<i32>(states.high + (entry << 2)));
    while (load<i32>(states.slots + (slot << 2)) != 0) slot = (slot + 1) & states.mask;
    store<i32>(states.slots + (slot << 2), <i32>entry + 1);
  }
}

/** Adds `size` entries of another table, in their order. There must be room for them. */
export function mergeStates(address: usize, low: usize, high: usize, counts: usize, values: usize, size: i32): void {
  const states = changetype<States>(address);
  for (let entry: usize = 0; entry < <usize>size; entry++) {
    const at = entry << 2;
    addState(states, load<i32>(low + at), load<i32>(high + at), load<f64>(values + (entry << 3)), load<i32>(counts + at));
  }
}
