import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../packages/runs/test/folders.ts";
import { archiveOf, published, publishedPackages } from "./published.ts";

const bytes = gzipSync("an archive");
const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
const entry = { name: "@some/models", version: "1.2.3", license: "MIT", integrity, files: ["model.onnx"] };

/** A registry that has this one package; it runs in a thread, since npm is waited for. */
async function registry(archive: Uint8Array): Promise<string> {
  const server = `
    const { createServer } = require("node:http");
    const { parentPort, workerData } = require("node:worker_threads");
    const server = createServer(({ url }, response) => {
      if (url.endsWith(".tgz")) return response.end(workerData);
      const dist = { tarball: "http://127.0.0.1:" + server.address().port + "/models.tgz" };
      const version = { name: "@some/models", version: "1.2.3", dist };
      response.end(JSON.stringify({ name: "@some/models", "dist-tags": { latest: "1.2.3" }, versions: { "1.2.3": version } }));
    });
    server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(server, { eval: true, workerData: archive });
  onTestFinished(() => void worker.terminate());
  const port = await new Promise((resolve) => worker.once("message", resolve));
  return withRegistry(`http://127.0.0.1:${port}/`);
}

function withRegistry(url: string): string {
  vi.stubEnv("npm_config_registry", url);
  vi.stubEnv("npm_config_fetch_retries", "0");
  vi.stubEnv("npm_config_cache", temporaryFolder());
  return url;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the packages that slow tests fetch", () => {
  test("come from the registry that npm is configured with, once; no network is needed after that", async () => {
    const folder = temporaryFolder();
    await registry(bytes);
    const archive = archiveOf(entry, folder);
    expect(readFileSync(archive)).toEqual(bytes);
    withRegistry("http://127.0.0.1:9/");
    expect(archiveOf(entry, folder)).toBe(archive);
    expect(readdirSync(folder)).toEqual(["@some+models-1.2.3.tgz"]);
  });

  test("are fetched again where the copy in the cache is damaged", async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/@some+models-1.2.3.tgz`, bytes.subarray(1));
    await registry(bytes);
    expect(readFileSync(archiveOf(entry, folder))).toEqual(bytes);
  });

  test("are refused where the archive is another than the list says, and nothing is left behind", async () => {
    const folder = temporaryFolder();
    await registry(gzipSync("another archive"));
    expect(() => archiveOf(entry, folder)).toThrow(/^@some\/models@1\.2\.3: expected the archive sha512-/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are an error where they cannot be fetched", () => {
    const folder = temporaryFolder();
    withRegistry("http://127.0.0.1:9/");
    expect(() => archiveOf(entry, folder)).toThrow(/^@some\/models@1\.2\.3: expected npm to fetch the package; got /);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are those of the list, each locked once", () => {
    expect(() => published("left-pad")).toThrow("expected left-pad; it is not on the list");
    const names = publishedPackages.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    for (const { version, integrity, files } of publishedPackages) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      expect(files.length).toBeGreaterThan(0);
    }
  });
});
