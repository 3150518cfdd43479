/** Work on things that come one after another, several at a time, with results in their order. */

/**
 * What `work` makes of each thing, in order. The next thing is asked for while at most `limit` are at work or wait for those before
 * them: with 1, nothing is done ahead. An error comes in its turn, after the results before it. Leaving early cancels what is under
 * way by the signal that `from` and `work` are given.
 *
 * @example
 * ```ts
 * async function* things() {
 *   yield* [1, 2, 3];
 * }
 * for await (const square of ahead(2, things, async (n) => n * n)) console.log(square); // 1
 * // 4
 * // 9
 * ```
 * @throws what `from` or `work` throws; the signal's reason when cancelled.
 */
export async function* ahead<T, R>(
  limit: number,
  from: (signal: AbortSignal) => AsyncIterator<T>,
  work: (thing: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R, void> {
  const stop = new AbortController();
  const cancel = () => stop.abort(signal?.reason);
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();

  const source = from(stop.signal);
  /** Results to come, the next one first. */
  const line: Promise<R>[] = [];
  let asked: Promise<void> | undefined;
  let ended = false;
  const ask = async () => {
    try {
      const { done, value } = await source.next();
      if (done === true) ended = true;
      else line.push(handled(work(value, stop.signal)));
    } catch (error) {
      ended = true;
      line.push(handled(Promise.reject(error)));
    }
    asked = undefined;
  };

  try {
    for (;;) {
      if (!ended && asked === undefined && line.length < limit) asked = ask();
      const [first] = line;
      if (first === undefined) {
        if (asked === undefined) return;
        await asked;
      } else if ((await Promise.race([first.then(() => true), asked ?? first.then(() => true)])) === true) {
        line.shift();
        yield await first;
      }
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    stop.abort();
    await source.return?.();
  }
}

/** Its error is heard in its turn, or not at all: never as unhandled. */
function handled<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => {});
  return promise;
}
