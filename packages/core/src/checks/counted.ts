/** A number of things in words: `1 epoch`, `2 epochs`. The plural, where it is not the word with an s. */
export const counted = (count: number, thing: string, things = `${thing}s`) =>
  `${count} ${count === 1 ? thing : things}`;
