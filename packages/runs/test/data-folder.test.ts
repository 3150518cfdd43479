import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError, InvalidInputError, StorageError } from "../../core/src/checks/error-classes.ts";
import { type ImageDataOptions, imageData } from "../src/data-folder.ts";
import { disk } from "../src/storage.ts";
import { temporaryFolder } from "./folders.ts";

function idx(magic: number, sizes: readonly number[], values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length + values.length);
  bytes.writeUInt32BE(magic, 0);
  for (const [axis, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
  bytes.set(values, 4 + 4 * sizes.length);
  return bytes;
}

const FILES = {
  "train-images-idx3-ubyte": idx(2051, [2, 1, 2], [0, 255, 51, 102]),
  "train-labels-idx1-ubyte": idx(2049, [2], [9, 0]),
  "t10k-images-idx3-ubyte": idx(2051, [1, 1, 2], [255, 0]),
  "t10k-labels-idx1-ubyte": idx(2049, [1], [3]),
} as const;
type Name = keyof typeof FILES;
const NAMES = Object.keys(FILES) as Name[];

function folderWith(
  names: readonly string[],
  bytesOf = (name: string) => FILES[name.replace(/\.gz$/, "").replace(".idx", "-idx") as Name] as Buffer,
) {
  const folder = temporaryFolder();
  for (const name of names) {
    const content = bytesOf(name);
    fs.writeFileSync(`${folder}/${name}`, name.endsWith(".gz") ? gzipSync(content) : content);
  }
  return folder;
}

const ask = (options: Partial<ImageDataOptions>, name: "mnist" | "fashion" = "mnist") =>
  imageData(name, { cacheDir: temporaryFolder(), ...options }, disk);

describe("image data from files", () => {
  it("are found packed or not, with a hyphen or a dot", async () => {
    for (const names of [NAMES, NAMES.map((name) => `${name}.gz`), NAMES.map((name) => name.replace("-idx", ".idx"))]) {
      const { train, test } = await ask({ dataDir: folderWith(names) });
      expect([train!.rows, test.rows, [...train!.labels!], [...test.inputs]]).toEqual([2, 1, [9, 0], [1, 0]]);
      expect(train!.classes).toHaveLength(10);
    }
  });

  it("may be the test images alone", async () => {
    const { train, test } = await ask({ dataDir: folderWith(NAMES.slice(2)) });
    expect([train, test.rows]).toEqual([undefined, 1]);
  });

  it("that are missing are named, with where to put them", async () => {
    await expect(ask({})).rejects.toThrow(InvalidInputError);
    await expect(ask({})).rejects.toThrow(
      /MNIST's files train-images-idx3-ubyte.gz, .* in .*\/mnist; got none of them.*--download/,
    );
    const folder = folderWith(NAMES.slice(0, 3));
    await expect(ask({ dataDir: folder })).rejects.toThrow(
      `t10k-labels-idx1-ubyte.gz in ${folder}; got only the others. Copy them there`,
    );
    await expect(ask({}, "fashion")).rejects.toThrow("Fashion-MNIST's files");
  });

  it("that are cut off or of another kind are refused by their path", async () => {
    const cut = folderWith(NAMES, (name) => FILES[name as Name].subarray(0, 17));
    await expect(ask({ dataDir: cut })).rejects.toThrow(FormatError);
    await expect(ask({ dataDir: cut })).rejects.toThrow(`${cut}/train-images-idx3-ubyte`);
    const swapped = folderWith(NAMES, (name) => FILES[name.replace("images-idx3", "labels-idx1") as Name]);
    await expect(ask({ dataDir: swapped })).rejects.toThrow("starts with the number 2051; got 2049 (labels)");
  });
});

const sha256 = Object.fromEntries(
  NAMES.map((name) => [name, createHash("sha256").update(FILES[name]).digest("hex")]),
) as Record<Name, string>;

async function served<T>(answer: (name: string) => Buffer | number, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const found = answer(request.url!.slice(1).replace(/\.gz$/, ""));
    if (typeof found === "number") response.writeHead(found).end();
    else response.end(gzipSync(found));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("image data that are fetched", () => {
  it("are checked, kept, and not fetched again", async () => {
    const cacheDir = temporaryFolder();
    const first = await served(
      (name) => FILES[name as Name],
      (url) => ask({ cacheDir, download: true, url, sha256 }),
    );
    expect(first.train!.rows).toBe(2);
    expect(fs.readdirSync(`${cacheDir}/mnist`)).toEqual(NAMES.map((name) => `${name}.gz`).sort());
    // The server is gone.
    expect(await ask({ cacheDir, download: true, url: "http://127.0.0.1:9", sha256 })).toStrictEqual(first);
    expect(await ask({ cacheDir })).toStrictEqual(first);
  });

  it("are not kept where the content is another", async () => {
    const cacheDir = temporaryFolder();
    const other = served(
      (name) => Buffer.concat([FILES[name as Name], Buffer.of(1)]),
      (url) => ask({ cacheDir, download: true, url, sha256 }),
    );
    await expect(other).rejects.toThrow(/expected content with the SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}/);
    expect(fs.existsSync(`${cacheDir}/mnist`)).toBe(false);
  });

  it("that a server refuses, or that no server sends, are an error that says what to do", async () => {
    const refused = served(
      () => 404,
      (url) => ask({ download: true, url, sha256 }),
    );
    await expect(refused).rejects.toThrow(StorageError);
    const absent = ask({ download: true, url: "http://127.0.0.1:9", sha256 });
    await expect(absent).rejects.toThrow(/train-images-idx3-ubyte.gz: expected a file to download; got .*--data-dir/);
  });
});

const FASHION = "/usr/share/datasets/fashion-mnist";

describe("Fashion-MNIST", () => {
  it.skipIf(!fs.existsSync(FASHION))("is read as Debian packages it (needs dataset-fashion-mnist)", async () => {
    const { train, test } = await ask({ dataDir: FASHION }, "fashion");
    expect([train!.rows, test.rows, train!.features]).toEqual([60_000, 10_000, 784]);
    for (const part of [train!, test]) {
      const counts = new Array<number>(10).fill(0);
      for (const label of part.labels!) counts[label]!++;
      expect(counts).toEqual(new Array(10).fill(part.rows / 10));
    }
  });
});
