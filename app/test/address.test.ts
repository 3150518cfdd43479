/** The address in the hash: what is written is read again, and nothing in it can break the page. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sized } from "../../test/sizes.ts";
import { type Address, hashOf, readHash } from "../src/state/address.ts";
import { codeOf, commandOf } from "../src/state/command.ts";

const seeds = fc.uniqueArray(fc.nat(9999), { minLength: 1, maxLength: 6 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-6, max: 1e6 });
const count = fc.integer({ min: 2, max: 4096 });
const options = fc.record(
  {
    data: fc.constantFrom("iris", "xor", "spiral", "digits"),
    layers: fc.array(count, { minLength: 2, maxLength: 6 }),
    activation: fc.constantFrom("sigmoid", "tanh", "relu"),
    bias: fc.boolean(),
    learningRate: finite,
    epochs: count,
    seeds,
    bins: fc.record({ input: count, output: count }),
    tolerance: finite,
    noise: fc.constantFrom(0, 0.08),
    trainRows: count,
    splitSeed: fc.nat(9999),
    inputRange: fc.tuple(fc.integer({ min: -9, max: 0 }), fc.integer({ min: 1, max: 9 })).map((ends) => [...ends]),
    valueRange: fc.constant(null),
  },
  { requiredKeys: [] },
);
const sha = fc.stringMatching(/^[0-9a-f]{64}$/);
const table = fc.record(
  {
    data: fc.constantFrom("iris.csv", "my data & labels=1.csv", "xy.npz:x", "données.npy"),
    labels: fc.constantFrom("y.npy", "xy.npz:y"),
    missing: fc.constant("drop-rows"),
    scale: fc.constantFrom("none", "minmax", "zscore"),
    sha256: fc.array(sha, { maxLength: 2 }),
  },
  { requiredKeys: ["data", "sha256"] },
);
const address: fc.Arbitrary<Address> = fc
  .record({
    question: fc.record(
      { study: fc.constantFrom("iris", "mnist", "train"), options, table },
      { requiredKeys: ["study", "options"] },
    ),
    view: fc.record(
      {
        epoch: fc.nat(100_000),
        axes: fc.constantFrom("rotated", "paper"),
        pin: fc.constantFrom("L2.0", "L1:3-5"),
        wires: fc.constantFrom("weight", "change"),
        strip: fc.constantFrom("ei", "phi"),
      },
      { requiredKeys: [] },
    ),
    fingerprint: fc.constantFrom("732290a771d37f58", "0000000000000000"),
    version: fc.constant("0.1.0"),
    embed: fc.boolean(),
    hide: fc.subarray(["ask", "network", "status"]),
  })
  .map((each) => each as Address);

describe("the address", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(address, (each) => {
        const hash = hashOf(each);
        expect(hash.length).toBeLessThan(2000);
        expect(readHash(hash)).toEqual({ address: each, problems: [], isWhole: true });
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("is short and can be read", () => {
    const question = {
      study: "mnist",
      options: { layers: [25, 6, 6, 6, 5], seeds: [0, 1, 2], epochs: 3000, learningRate: 0.01 },
    };
    expect(hashOf({ question, view: { epoch: 1260, pin: "L2:3-5" }, embed: false, hide: [] })).toBe(
      "#/learn?study=mnist&net=25-6-6-6-5&lr=0.01&epochs=3000&seeds=0-2&e=1260&pin=L2:3-5",
    );
  });

  it("takes any text without an error, and says what it left out", () => {
    const keys = fc.constantFrom(
      "net",
      "seeds",
      "lr",
      "bins",
      "e",
      "h",
      "pin",
      "embed",
      "in",
      "preset",
      "study",
      "table",
      "sha",
      "noise",
      "x",
      "__proto__",
      "",
    );
    const parts = fc.array(fc.tuple(keys, fc.string({ unit: "binary", maxLength: 40 })), { maxLength: 12 });
    const hashes = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => `#${text}`),
      parts.map((pairs) => `#/learn?${pairs.map(([key, text]) => `${key}=${text}`).join("&")}`),
    );
    fc.assert(
      fc.property(hashes, (hash) => {
        const { address, problems } = readHash(hash);
        for (const problem of problems) expect(problem.length).toBeGreaterThan(5);
        // What was understood is written as what is read the same again.
        expect(readHash(hashOf(address)).address).toEqual(address);
      }),
      { numRuns: sized({ small: 1000, whole: 10_000 }), seed: 2 },
    );
  });

  it("names the key of what it does not take", () => {
    const { address, problems } = readHash("#/learn?study=iris&seeds=9-1&lr=fast&zoom=3&epochs=10&epochs=20");
    expect(address.question).toEqual({ study: "iris", options: { epochs: 10 } });
    expect(problems.map((problem) => /^"?(\w+)/.exec(problem)![1])).toEqual(["epochs", "lr", "seeds", "zoom"]);
  });

  it("names a table of the user's own, and its content", () => {
    const sha256 = ["ab".repeat(32)];
    const question = { study: "train", options: { layers: [4, 8, 3] }, table: { data: "my flowers.csv", sha256 } };
    const hash = hashOf({ question, view: {}, embed: false, hide: [] });
    expect(hash).toBe(`#/learn?study=train&net=4-8-3&table=my%20flowers.csv&sha=${sha256[0]}`);
    expect(readHash(hash).address.question).toEqual(question);
    const { address, problems } = readHash("#/learn?table=a%00b&sha=12&scale=log&missing=keep&labels=y.npy");
    expect(address.question).toBeUndefined();
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(":")))).toEqual([
      ...["table", "missing", "scale", "sha", "table"],
    ]);
  });

  it("is written as a command, names of files as a shell takes them", () => {
    const options = { layers: [2, 4, 2], noise: 0.1, seeds: [0], bias: false };
    expect(commandOf({ study: "train", options })).toBe(
      "causalscope study train --layers 2-4-2 --noise 0.1 --seeds 0, --no-bias",
    );
    expect(codeOf({ study: "train", options })).toContain('"noise":0.1');
    const table = { data: "it's mine.csv", labels: "y.npy", missing: "drop-rows", sha256: [] } as const;
    expect(commandOf({ study: "train", options: {}, table })).toBe(
      "causalscope study train --data 'it'\\''s mine.csv' --labels y.npy --missing drop-rows",
    );
    const code = codeOf({ study: "train", options: { inputRange: [-1, 1] }, table });
    expect(code).toContain(`ownData("it's mine.csv", disk, {"labels":"y.npy","missing":"drop-rows"})`);
    expect(code).toContain("own.options([-1,1])");
  });

  it("tells a question that was not read whole from one with a view that was not", () => {
    expect(readHash("#/learn?study=iris&bins=8,16,32").isWhole).toBe(false);
    expect(readHash("#/learn?study=%E0%A4%A").isWhole).toBe(false);
    expect(readHash("#/learn?study=iris&e=x&zoom=3").isWhole).toBe(true);
  });

  it("is not read beyond 2,000 characters", () => {
    expect(readHash(`#/learn?net=${"4-".repeat(2000)}3`).problems).toEqual([
      "The link is longer than 2000 characters, and was not read.",
    ]);
  });
});
