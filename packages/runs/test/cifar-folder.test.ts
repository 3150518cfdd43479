/** CIFAR-10 as its authors pack it: batches in a folder, or in their archive; made small here. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError, InvalidInputError } from "../../core/src/checks/error-classes.ts";
import { untarred } from "../../core/src/datasets/tar.ts";
import { cifarData } from "../src/cifar-folder.ts";
import { disk } from "../src/storage.ts";
import { temporaryFolder } from "./folders.ts";

const record = (label: number, pixel: number) => [label, ...new Array<number>(3072).fill(pixel)];
const batch = (...records: number[][]) => Buffer.from(records.flat());

const BATCHES: Readonly<Record<string, Buffer>> = {
  "data_batch_1.bin": batch(record(1, 10), record(2, 20)),
  "data_batch_2.bin": batch(record(3, 30)),
  "test_batch.bin": batch(record(4, 255)),
};

/** A ustar archive, made by the format's description. */
function tar(files: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write(name.endsWith("/") ? "5" : "0", 156);
    header.write("ustar\x0000", 257);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const inArchive = Object.fromEntries(
  Object.entries(BATCHES).map(([name, content]) => [`cifar-10-batches-bin/${name}`, content]),
);
const archive = gzipSync(tar({ "cifar-10-batches-bin/": Buffer.alloc(0), ...inArchive }));

function folderWith(files: Readonly<Record<string, Buffer>>, inside = ""): string {
  const folder = temporaryFolder();
  fs.mkdirSync(`${folder}/${inside}`, { recursive: true });
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(`${folder}/${inside}/${name}`, content);
  return folder;
}

type Asked = Partial<Parameters<typeof cifarData>[0]>;
const ask = (options: Asked) => cifarData({ cacheDir: temporaryFolder(), trainRows: 100, seed: 0, ...options }, disk);

describe("CIFAR-10 in a folder", () => {
  it("is found as batches, in their own folder, or in the archive", async () => {
    for (const dataDir of [
      folderWith(BATCHES),
      folderWith(BATCHES, "cifar-10-batches-bin"),
      folderWith({ "cifar-10-binary.tar.gz": archive }),
    ]) {
      const { train, test } = await ask({ dataDir });
      expect([...train!.labels!].sort()).toEqual([1, 2, 3]);
      expect([...train!.labels!].map((_, row) => Math.round(train!.inputs[row * 3072]! * 255))).toEqual(
        [...train!.labels!].map((label) => 10 * label),
      );
      expect([test.rows, test.labels![0], test.inputs[0]]).toEqual([1, 4, 1]);
    }
  });

  it("gives as many training images as are asked for, the same ones for a seed", async () => {
    const dataDir = folderWith(BATCHES);
    const some = await ask({ dataDir, trainRows: 2, seed: 5 });
    expect(some.train!.rows).toBe(2);
    expect(await ask({ dataDir, trainRows: 2, seed: 5 })).toStrictEqual(some);
  });

  it("may be the test images alone", async () => {
    const { train, test } = await ask({ dataDir: folderWith({ "test_batch.bin": BATCHES["test_batch.bin"]! }) });
    expect([train, test.rows]).toEqual([undefined, 1]);
  });

  it("says exactly what to put where", async () => {
    await expect(ask({})).rejects.toThrow(InvalidInputError);
    await expect(ask({})).rejects.toThrow(
      /CIFAR-10's binary batches data_batch_1.bin, .* and test_batch.bin, or cifar-10-binary.tar.gz, in .*\/cifar10; got .*--download/,
    );
    const folder = folderWith({ "data_batch_1.bin": BATCHES["data_batch_1.bin"]! });
    await expect(ask({ dataDir: folder })).rejects.toThrow(
      `in ${folder}; got no test batch and no archive. Copy them there`,
    );
  });

  it("refuses batches and archives that are cut off or of another kind", async () => {
    const cut = folderWith({ ...BATCHES, "test_batch.bin": BATCHES["test_batch.bin"]!.subarray(1) });
    await expect(ask({ dataDir: cut })).rejects.toThrow(`${cut}/test_batch.bin`);
    const without = gzipSync(tar({ "readme.txt": Buffer.from("x") }));
    await expect(ask({ dataDir: folderWith({ "cifar-10-binary.tar.gz": without }) })).rejects.toThrow(
      "cifar-10-batches-bin/test_batch.bin in the archive; got readme.txt",
    );
    const half = tar(inArchive).subarray(0, 2000);
    expect(() => untarred(half, "half.tar")).toThrow(
      /half.tar: expected a complete tar archive; got a file that ends \d+ bytes too early/,
    );
    expect(() => untarred(Buffer.alloc(600, 7), "none.tar")).toThrow(FormatError);
  });

  it("is fetched, checked and kept", async () => {
    const server = createServer((_, response) => response.end(archive));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cacheDir = temporaryFolder();
    const sha256 = createHash("sha256").update(archive).digest("hex");
    try {
      await expect(ask({ cacheDir, download: true, url, sha256: "0".repeat(64) })).rejects.toThrow("the SHA-256 0000");
      expect(fs.existsSync(`${cacheDir}/cifar10`)).toBe(false);
      const first = await ask({ cacheDir, download: true, url, sha256 });
      expect(first.test.rows).toBe(1);
      expect(await ask({ cacheDir })).toStrictEqual(first);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
