import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { FormatError, StorageError } from "../../core/src/checks/error-classes.ts";
import { type DownloadOptions, download } from "../src/download.ts";

const CONTENT = Buffer.from("images of digits");
const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

const asked = (options: Partial<DownloadOptions> = {}): DownloadOptions => ({
  sha256: sum(CONTENT),
  of: "file",
  mostBytes: 1000,
  ...options,
});

describe("a download", () => {
  it("is the file, where its checksum is the known one", async () => {
    const url = await serving((_, response) => response.end(CONTENT));
    expect(Buffer.from(await download(url, asked()))).toEqual(CONTENT);
    await expect(download(url, asked({ sha256: sum(Buffer.of(1)) }))).rejects.toThrow(FormatError);
  });

  it("is compared before it is unpacked, or unpacked only as far as is known", async () => {
    const packed = gzipSync(CONTENT);
    const url = await serving((_, response) => response.end(packed));
    expect(Buffer.from(await download(url, asked({ sha256: sum(packed) })))).toEqual(packed);
    expect(Buffer.from(await download(url, asked({ of: "unpacked" })))).toEqual(packed);
    const bomb = gzipSync(Buffer.alloc(500_000));
    expect(bomb.length).toBeLessThan(1000);
    const hostile = await serving((_, response) => response.end(bomb));
    await expect(download(hostile, asked())).rejects.toThrow(/SHA-256/);
    await expect(download(hostile, asked({ of: "unpacked" }))).rejects.toThrow(
      "expected at most 1000 bytes after decompression; got 500000",
    );
  });

  it("comes by HTTPS, but from this machine, also where it is sent on", async () => {
    for (const url of ["http://example.org/file", "ftp://example.org/file", "file:///etc/passwd", "example.org", ""]) {
      await expect(download(url, asked())).rejects.toThrow(StorageError);
      await expect(download(url, asked())).rejects.toThrow("expected an address that starts with https://");
    }
    for (const url of ["http://localhost.example.org/", "http://127.0.0.1.example.org/"]) {
      await expect(download(url, asked())).rejects.toThrow("starts with https://");
    }
  });

  it("ends at the size that is known, announced or not, however much is sent", async () => {
    const announced = await serving((_, response) => response.end(Buffer.alloc(2000)));
    await expect(download(announced, asked())).rejects.toThrow("expected at most 1000 bytes; got 2000");
    let sent = 0;
    const endless = await serving((_, response) => {
      const more = () => {
        sent += 500;
        if (!response.destroyed) response.write(Buffer.alloc(500), () => setImmediate(more));
      };
      more();
    });
    await expect(download(endless, asked())).rejects.toThrow("expected at most 1000 bytes; got more");
    expect(sent).toBeGreaterThan(500);
  });

  it("gives up on a server that sends nothing, before or after its first bytes", async () => {
    const silent = await serving(() => {});
    await expect(download(silent, asked({ timeout: 50 }))).rejects.toThrow(
      "a server that keeps sending data; got no data for",
    );
    const stuck = await serving((_, response) => response.write(CONTENT.subarray(0, 4)));
    await expect(download(stuck, asked({ timeout: 50 }))).rejects.toThrow(
      "a server that keeps sending data; got no data for",
    );
  });

  it("ends with the signal's reason when it is cancelled", async () => {
    const silent = await serving(() => {});
    const stop = new AbortController();
    const running = download(silent, asked({ signal: stop.signal }));
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(download(silent, asked({ signal: stop.signal }))).rejects.toThrow("enough");
  });
});
