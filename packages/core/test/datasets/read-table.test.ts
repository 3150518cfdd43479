/** Tables of numbers, from files that NumPy wrote and from text. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/checks/error-classes.ts";
import { tableFrom } from "../../src/datasets/read-table.ts";

interface Fixture {
  readonly cases: readonly { title: string; shape: number[]; values: number[]; bytes: string }[];
  readonly files: Readonly<Record<string, string>>;
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/numpy.json", import.meta.url), "utf8"));
const file = (name: string) => Uint8Array.from(Buffer.from(fixture.files[name]!, "base64"));
const text = (content: string) => new TextEncoder().encode(content);
const X = [1.5, -2, 3, 4e-3];

describe("NumPy's files", () => {
  test.each(fixture.cases.map((each) => [each.title, each] as const))("%s", (_, { shape, values, bytes }) => {
    // At an odd place of a longer buffer, as a part of a file may be.
    const stored = Buffer.from(bytes, "base64");
    const around = new Uint8Array(stored.length + 3);
    around.set(stored, 3);
    const table = tableFrom(around.subarray(3), "x.npy");
    expect(table.shape).toEqual(shape);
    expect([...table.values]).toEqual(values);
  });

  test("archives of one array, or of several by name, compressed or not, and packed by gzip", () => {
    expect([...tableFrom(file("one.npz"), "x.npz").values]).toEqual(X);
    expect([...tableFrom(file("two.npz"), "x.npz", { array: "x" }).values]).toEqual(X);
    expect(tableFrom(file("two.npz"), "x.npz", { array: "y" })).toMatchObject({
      shape: [3],
      values: Float64Array.of(1, 2, 3),
    });
    expect([...tableFrom(file("npy.gz"), "x.npy.gz").values]).toEqual(X);
  });

  test("several arrays of which none is named, and one that is not there", () => {
    expect(() => tableFrom(file("two.npz"), "x.npz")).toThrow(
      new FormatError("x.npz: expected an archive with one array; got 2: x, y. Name one of them."),
    );
    expect(() => tableFrom(file("two.npz"), "x.npz", { array: "z" })).toThrow(
      'expected one of the arrays x, y; got "z".',
    );
  });

  test.each(["complex.npy", "text.npy"])("refuses %s", (name) => {
    expect(() => tableFrom(file(name), "x.npy")).toThrow(FormatError);
  });

  test("of big-endian numbers are the same numbers", () => {
    const { shape, values } = tableFrom(file("big-endian.npy"), "x.npy");
    expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
    for (const { title, bytes, values: expected } of fixture.cases) {
      const little = Uint8Array.from(Buffer.from(bytes, "base64"));
      const header = Buffer.from(little).toString("latin1");
      const [word, size] = /'<[fiu]([248])'/.exec(header) ?? [];
      if (word === undefined) continue;
      const big = little.slice();
      big[header.indexOf(word) + 1] = ">".charCodeAt(0);
      const from = header.indexOf("\n") + 1;
      for (let at = from; at < big.length; at += Number(size)) big.subarray(at, at + Number(size)).reverse();
      expect([title, ...tableFrom(big, "x.npy").values]).toEqual([title, ...expected]);
    }
  });

  test("of texts are categories, where these are wanted", () => {
    const npy = (descr: string, shape: string, data: Buffer) => {
      const said = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
      const header = `${said.padEnd(117)}\n`;
      return Uint8Array.from(
        Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(header, "latin1"), data]),
      );
    };
    const wide = (text: string, size: number, write: (view: DataView, at: number, code: number) => void) => {
      const view = new DataView(new ArrayBuffer(4 * size));
      for (const [k, letter] of [...text].entries()) write(view, 4 * k, letter.codePointAt(0)!);
      return Buffer.from(view.buffer);
    };
    const words = ["cat", "dög", "cat", "🐟"];
    const little = npy(
      "<U3",
      "(4,)",
      Buffer.concat(words.map((word) => wide(word, 3, (v, at, code) => v.setUint32(at, code, true)))),
    );
    const big = npy(
      ">U3",
      "(4, 1)",
      Buffer.concat(words.map((word) => wide(word, 3, (v, at, code) => v.setUint32(at, code, false)))),
    );
    for (const bytes of [little, big]) {
      const { values, categories } = tableFrom(bytes, "y.npy", { words: "categories" });
      expect([[...values], categories!.get(0)]).toEqual([
        [0, 1, 0, 2],
        ["cat", "dög", "🐟"],
      ]);
      expect(() => tableFrom(bytes, "y.npy")).toThrow(FormatError);
      expect(() => tableFrom(bytes.subarray(0, -4), "y.npy", { words: "categories" })).toThrow("as the shape [4");
    }
    const bytes = npy("|S3", "(2, 2)", Buffer.from("ab\0c\0\0ab\0d\0\0", "latin1"));
    const table = tableFrom(bytes, "y.npy", { words: "categories" });
    expect([[...table.values], [...table.categories!.values()]]).toEqual([
      [0, 0, 0, 1],
      [["ab"], ["c", "d"]],
    ]);
  });

  test("refuses values that the shape does not have, and sizes that are none", () => {
    const bytes = Buffer.from(fixture.cases.find(({ title }) => title === "float64, order C")!.bytes, "base64");
    expect(() => tableFrom(bytes.subarray(0, bytes.length - 8), "x.npy")).toThrow(
      "x.npy: expected 24 values, as the shape [2, 3, 4] has; got 23.",
    );
    const huge = Buffer.from(bytes.toString("latin1").replace("(2, 3, 4)", "(9e9,9e9)"), "latin1");
    expect(() => tableFrom(huge, "x.npy")).toThrow("expected sizes of at least 1 and at most 268435456 values");
  });
});

describe("text", () => {
  test("as NumPy writes it", () => {
    expect(tableFrom(file("text"), "x.txt")).toEqual({ shape: [2, 2], values: Float64Array.from(X) });
    expect(tableFrom(file("csv"), "x.csv")).toEqual({ shape: [2, 2], values: Float64Array.from(X), names: ["a", "b"] });
  });

  test.each([
    ["commas", "1,2\n3,4\n"],
    ["semicolons, Windows' ends of lines, a byte order mark", "\uFEFF1;2\r\n3;4\r\n"],
    ["tabs, blank lines, no last end of line", "\n1\t2\n\n3\t4"],
    ["spaces", "1  2\n 3 4\n"],
    ["quotes", '"1","2"\n"3","4"\n'],
    ["signs and exponents", "+1,2.e0\n.3e1,4E+0\n"],
  ])("%s", (_, content) => {
    expect(tableFrom(text(content), "x.csv")).toEqual({ shape: [2, 2], values: Float64Array.of(1, 2, 3, 4) });
  });

  test("names may hold the separator in quotes", () => {
    const { names, shape } = tableFrom(text('"length, in cm",width\n1,2\n'), "x.csv");
    expect([names, shape]).toEqual([
      ["length, in cm", "width"],
      [1, 2],
    ]);
  });

  test.each([
    [
      "a,b\n1,x\n",
      'x.csv, line 2, column 2: expected a finite number; got "x". To read words as categories, set words: "categories".',
    ],
    ["1,2\n3,\n", "x.csv, line 2, column 2: expected a finite number; got an empty cell."],
    ["1,2\n\n3,4,5\n", "x.csv, line 3: expected 2 cells, like line 1; got 3."],
    ["1,b\n3,4\n", 'x.csv, line 1, column 2: expected a finite number; got "b".'],
    ["1e999\n", 'x.csv, line 1, column 1: expected a finite number; got "1e999".'],
    ["a;b\n1,5;2\n", 'x.csv, line 2, column 1: expected a finite number; got "1,5".'],
    ["a,b\n", "x.csv: expected at least one line of numbers; got only names."],
    ["", "x.csv: expected at least one line of numbers; got none."],
    ["a\0b", "x.csv: expected CSV, .npy, .npz or IDX; got a file of another format."],
  ])("%j is refused", (content, message) => {
    expect(() => tableFrom(text(content), "x.csv")).toThrow(new FormatError(message));
  });
});

describe("text of words and missing cells", () => {
  const read = (content: string, options = {}) => tableFrom(text(content), "x.csv", options);
  const words = { words: "categories" } as const;

  test("words are categories, in alphabetical order, whatever they are", () => {
    const table = read("kind,n\nred,1\nblue,2\n__proto__,3\nconstructor,4\nred,5\n", words);
    expect(table.categories!.get(0)).toEqual(["__proto__", "blue", "constructor", "red"]);
    expect([...table.values]).toEqual([3, 1, 1, 2, 0, 3, 2, 4, 3, 5]);
    expect(read("ok,n\nTrue,1\nFalse,2\n", words).categories!.get(0)).toEqual(["False", "True"]);
    const proto = read("__proto__,constructor,toString\n1,2,3\n");
    expect(proto.names).toEqual(["__proto__", "constructor", "toString"]);
  });

  test("quoted words may hold separators, spaces and quotes", () => {
    const table = read('a,b\n1,"virg,inica"\n2,"versi color"\n3,"say ""so"""\n', words);
    expect(table.categories!.get(1)).toEqual(['say "so"', "versi color", "virg,inica"]);
    expect(read("versi color\nsetosa\nversi color\n", words).categories!.get(0)).toEqual(["setosa", "versi color"]);
  });

  test.each(["", "NA", "N/A", "NaN", "nan", "null", "None", "?", "<NA>"])("%j is a missing cell", (cell) => {
    const content = `a,b\n1,2\n${cell},3\n4,5\n`;
    expect(() => read(content)).toThrow("x.csv, line 3, column 1: expected a finite number; got an empty cell.");
    const table = read(content, { missing: "drop-rows" });
    expect([...table.values]).toEqual([1, 2, 4, 5]);
    expect(table.notes).toEqual(["1 of 3 rows have missing values and were dropped"]);
    const kinds = read(`a,b\nx,2\n${cell},3\ny,5\n`, { ...words, missing: "drop-rows" });
    expect([...kinds.values]).toEqual([0, 2, 1, 5]);
  });

  test("are refused where they stand among numbers, as are numbers of other countries", () => {
    expect(() => read("a,b\n1,2\nx,3\n", words)).toThrow('x.csv, line 3, column 1: expected a finite number; got "x".');
    expect(() => read("a;b\n1,5;x\n2,5;y\n", words)).toThrow('line 2, column 1: expected a finite number; got "1,5".');
    expect(() => read('a\n"1,234"\n"5,678"\n', words)).toThrow('got "1,234"');
    expect(() => read("a,b\nNA,NA\n", { missing: "drop-rows" })).toThrow("at least one row without missing values");
    expect(() => read("a,a\n1,2\n")).toThrow('x.csv, line 1: expected unique column names; got "a" twice.');
    expect(() => read("a\n1\n", { missing: "zero" })).toThrow('missing: expected "refuse" or "drop-rows"; got "zero"');
  });

  test("a first line that numbers the columns is a header, as pandas writes it", () => {
    const table = read("0,1,2\n5,6,7\n8,9,1\n");
    expect([table.shape, [...table.values], table.names]).toEqual([[2, 3], [5, 6, 7, 8, 9, 1], undefined]);
    expect(table.notes!.join()).toContain("0, 1, 2, was read as the numbers of the columns");
    expect(read("0,1\n2.04,0\n-0.56,1\n").shape).toEqual([2, 2]);
    expect(read("0,1\n2.04,a\n-0.56,b\n", words).shape).toEqual([2, 2]);
    // Of two columns of whole numbers it may be an example, and is said.
    const binary = read("0,1\n1,1\n1,0\n");
    expect(binary.shape).toEqual([3, 2]);
    expect(binary.notes!.join()).toContain("the first line, 0, 1, was read as values");
  });

  test("a first line that numbers some columns and names the others is a header, too", () => {
    const table = read("0,1,target\n5,6,7\n8,9,1\n");
    expect([table.names, [...table.values]]).toEqual([
      ["", "", "target"],
      [5, 6, 7, 8, 9, 1],
    ]);
    expect(table.notes!.join()).toContain("was read as names and numbers of the columns");
    expect(read("0,1,species\n5,6,cat\n8,9,dog\n", words).shape).toEqual([2, 3]);
    // The first of some examples with words, which come again.
    const data = read("0,1,cat\n5,6,cat\n8,9,dog\n", words);
    expect([data.shape, data.names]).toEqual([[3, 3], undefined]);
  });

  test("a first column without a name that numbers the rows is left out", () => {
    for (const head of [",a,b", "Unnamed: 0,a,b"]) {
      const table = read(`${head}\n0,5,x\n1,6,y\n2,7,x\n`, words);
      expect([table.names, table.shape, [...table.values]]).toEqual([
        ["a", "b"],
        [3, 2],
        [5, 0, 6, 1, 7, 0],
      ]);
      expect(table.categories!.get(1)).toEqual(["x", "y"]);
      expect(table.notes!.join()).toContain("numbers the rows, was ignored");
    }
    const numbered = read(",0,1\n0,5,6\n1,7,8\n");
    expect([numbered.names, [...numbered.values]]).toEqual([undefined, [5, 6, 7, 8]]);
    expect(read(",a\n4,5\n9,6\n").shape).toEqual([2, 2]);
  });

  test("a first line whose words come again is no header", () => {
    const table = read("setosa\nvirginica\nsetosa\n", words);
    expect([table.shape, table.names]).toEqual([[3, 1], undefined]);
    expect(table.notes!.join()).toContain("the first line was read as values");
    expect(read("species\nvirginica\nsetosa\n", words).names).toEqual(["species"]);
  });

  test("many lines are read in little memory and time", () => {
    const table = read(`${"1.5,2.5,3.5\n".repeat(100_000)}`);
    expect(table.shape).toEqual([100_000, 3]);
  });
});

describe("IDX", () => {
  const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 253, 254, 255);

  test("of bytes and of other types, big-endian", () => {
    expect(tableFrom(images, "x")).toEqual({ shape: [2, 1, 3], values: Float64Array.of(1, 2, 3, 253, 254, 255) });
    const short = Uint8Array.of(0, 0, 11, 1, 0, 0, 0, 2, 255, 254, 1, 0);
    expect([...tableFrom(short, "x").values]).toEqual([-2, 256]);
    const float = Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0);
    expect([...tableFrom(float, "x").values]).toEqual([1.5]);
  });

  test("refuses sizes that the bytes do not hold", () => {
    expect(() => tableFrom(images.subarray(0, 21), "x")).toThrow(
      "expected 6 values, as the shape [2, 1, 3] has; got 5.",
    );
    expect(() => tableFrom(images.subarray(0, 10), "x")).toThrow("expected 3 sizes, 16 bytes; got 10 bytes.");
    const huge = Uint8Array.of(0, 0, 14, 2, 255, 255, 255, 255, 255, 255, 255, 255);
    expect(() => tableFrom(huge, "x")).toThrow("at most 268435456 values; got the shape [4294967295, 4294967295]");
  });

  test("refuses what is not finite", () => {
    const float = Uint8Array.of(0, 0, 13, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0x7f, 0xc0, 0, 0);
    expect(() => tableFrom(float, "x")).toThrow("x: expected finite numbers; got NaN in row 1 (from 0).");
  });
});

describe("packed files", () => {
  test("are not unpacked beyond what they can hold", () => {
    const bomb = file("zeros.gz");
    const lying = bomb.slice();
    new DataView(lying.buffer).setUint32(lying.length - 4, 2 ** 31, true);
    expect(() => tableFrom(lying, "x.gz")).toThrow(
      `x.gz: expected at most ${bomb.length * 1032} bytes after decompression of ${bomb.length}; got ${2 ** 31}.`,
    );
    const zip = file("two.npz");
    const at = Buffer.from(zip).lastIndexOf("PK\x01\x02", undefined, "latin1");
    new DataView(zip.buffer).setUint32(at + 24, 2 ** 31, true);
    expect(() => tableFrom(zip, "x.npz", { array: "y" })).toThrow(
      /^x\.npz: y\.npy: expected at most \d+ bytes after decompression/,
    );
  });

  test("are not unpacked beyond what they say, whatever they hold", () => {
    const bomb = gzipSync(new Uint8Array(2 ** 26));
    const lying = Uint8Array.from(bomb);
    new DataView(lying.buffer).setUint32(lying.length - 4, 1000, true);
    expect(() => tableFrom(lying, "x.gz")).toThrow("got a damaged or truncated gzip file");
    const zip = zipSync({ "x.npy": new Uint8Array(2 ** 26) });
    const at = Buffer.from(zip).lastIndexOf("PK\x01\x02", undefined, "latin1");
    new DataView(zip.buffer).setUint32(at + 24, 1000, true);
    expect(() => tableFrom(zip, "x.npz")).toThrow(
      "x.npz: x.npy: expected 1000 bytes, as the archive says; got a damaged or truncated file.",
    );
  });

  test("are not unpacked to gigabytes from a small file; a large one may hold four times its own", () => {
    const large = (packed: number, unpacked: number) => {
      const bytes = new Uint8Array(packed);
      bytes.set([0x1f, 0x8b, 8]);
      new DataView(bytes.buffer).setUint32(packed - 4, unpacked, true);
      return bytes;
    };
    expect(() => tableFrom(large(2 ** 20, 2 ** 30), "x.gz")).toThrow(
      `x.gz: expected at most ${2 ** 29} bytes after decompression of ${2 ** 20}; got ${2 ** 30}. The file may be truncated or damaged; otherwise, decompress it first.`,
    );
  });

  test("are checked", () => {
    const damaged = file("npy.gz");
    const trailer = new DataView(damaged.buffer, damaged.length - 8);
    trailer.setUint32(0, trailer.getUint32(0) ^ 1);
    expect(() => tableFrom(damaged, "x.gz")).toThrow(
      "expected data that match their checksum; got a damaged or truncated gzip file",
    );
    expect(() => tableFrom(damaged.subarray(0, 12), "x.gz")).toThrow("expected a gzip file; got 12 bytes");
  });

  test("a directory of more files than there is room for ends at once", () => {
    const zip = file("one.npz");
    const end = Buffer.from(zip).lastIndexOf("PK\x05\x06", undefined, "latin1");
    new DataView(zip.buffer).setUint16(end + 10, 65535, true);
    new DataView(zip.buffer).setUint16(end + 8, 65535, true);
    expect(() => tableFrom(zip, "x.npz")).toThrow("got more files than that");
  });
});

test("any bytes are a table or a FormatError", () => {
  const good = [
    ...fixture.cases.slice(0, 6).map(({ bytes }) => Uint8Array.from(Buffer.from(bytes, "base64"))),
    ...["one.npz", "two.npz", "csv", "npy.gz"].map(file),
  ];
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
    .map(([which, changes, end]) => {
      const bytes = good[which]!.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return end % 3 === 0 ? bytes.subarray(0, end % bytes.length) : bytes;
    });
  const begun = fc
    .tuple(fc.constantFrom([0, 0, 8], [0x1f, 0x8b], [0x50, 0x4b, 3, 4], [0x93, 78, 85, 77, 80, 89]), fc.uint8Array())
    .map(([start, rest]) => Uint8Array.of(...start, ...rest));
  fc.assert(
    fc.property(fc.oneof(damaged, begun, fc.uint8Array()), (bytes) => {
      try {
        const { shape, values } = tableFrom(bytes, "x");
        expect(shape.reduce((product, size) => product * size, 1)).toBe(values.length);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 3000, seed: 1 },
  );
});
