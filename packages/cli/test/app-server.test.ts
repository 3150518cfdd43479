/** The server of the app, as a hostile page or program on this machine would ask it: by raw sockets, with whatever headers it likes. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppServer, type Pages, serveApp } from "../src/app-server.ts";

const TOKEN = "ab".repeat(32);
const text = (words: string) => new TextEncoder().encode(words);
const pages: Pages = new Map([
  ["/", { type: "text/html; charset=utf-8", bytes: text("<!doctype html>page") }],
  ["/assets/index-1a2b.js", { type: "text/javascript; charset=utf-8", bytes: text("1") }],
]);

let server: AppServer;
beforeAll(async () => {
  server = await serveApp({ pages, token: TOKEN, port: 0, version: "1.2.3" });
});
afterAll(() => server.close());

/** What the server sends back to these bytes. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(server.port, "127.0.0.1", () => socket.write(request));
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

const own = () => `127.0.0.1:${server.port}`;
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") => {
  const all = { Host: own(), Connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return raw(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
};
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe("the server of the app", () => {
  it("serves the page, with headers that shut it in", async () => {
    const answer = await ask("/");
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain("<!doctype html>page");
    for (const header of [
      "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
      "frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy: same-origin",
      "Cross-Origin-Opener-Policy: same-origin",
      "X-Content-Type-Options: nosniff",
      "Referrer-Policy: no-referrer",
    ]) {
      expect(answer).toContain(header);
    }
    expect(answer).not.toMatch(/access-control/i);
  });

  it("answers HEAD without content", async () => {
    const answer = await ask("/", {}, "HEAD");
    expect(statusOf(answer)).toBe(200);
    expect(answer.split("\r\n\r\n")[1]).toBe("");
  });

  it("puts the token into the fragment of the address, which no request carries", () => {
    expect(server.address).toBe(`http://${own()}/#t=${TOKEN}`);
  });

  it.each([
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.evil.example",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "[::1]",
    "0.0.0.0",
    "",
  ])("refuses the host %j", async (host) => {
    expect(statusOf(await ask("/", { Host: host }))).toBe(403);
  });

  it("refuses its own host with another port, in capitals, with a user, and twice", async () => {
    const port = server.port;
    for (const host of [`localhost:${port + 1}`, `LOCALHOST:${port}`, `me@127.0.0.1:${port}`, `127.0.0.1:${port}.`])
      expect([host, statusOf(await ask("/", { Host: host }))]).toEqual([host, 403]);
    const twice = await raw(`GET / HTTP/1.1\r\nHost: ${own()}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    expect([400, 403]).toContain(statusOf(twice));
    expect([400, 403]).toContain(statusOf(await raw("GET / HTTP/1.0\r\n\r\n")));
  });

  it("answers to localhost", async () => {
    expect(statusOf(await ask("/", { Host: `localhost:${server.port}` }))).toBe(200);
  });

  it.each(["http://evil.example", "null", "https://127.0.0.1", "file://"])("refuses the origin %j", async (origin) => {
    expect(statusOf(await ask("/", { Origin: origin }))).toBe(403);
  });

  it("takes its own origin", async () => {
    expect(statusOf(await ask("/", { Origin: `http://${own()}` }))).toBe(200);
  });

  it("refuses what the browser says another site asks for", async () => {
    for (const site of ["cross-site", "same-site"])
      expect(statusOf(await ask("/", { "Sec-Fetch-Site": site }))).toBe(403);
    for (const site of ["same-origin", "none"]) expect(statusOf(await ask("/", { "Sec-Fetch-Site": site }))).toBe(200);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])("refuses %s", async (method) => {
    const answer = await ask("/", { "Access-Control-Request-Method": "GET" }, method);
    expect(statusOf(answer)).toBe(405);
    expect(answer).not.toMatch(/access-control-allow/i);
  });

  it.each([
    "/../package.json",
    "/assets/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/assets/..%5c..%5cpackage.json",
    "//etc/passwd",
    "/etc/passwd",
    "/index.html%00.js",
    "/assets",
    "/assets/",
    "/.git/config",
    "file:///etc/passwd",
    "http://evil.example/",
    "*",
  ])("opens no file for %j", async (path) => {
    const answer = await ask(path);
    expect([400, 404]).toContain(statusOf(answer));
    expect(answer).not.toMatch(/root:|"name"/);
  });

  it("asks for the token of this start where more than the page is wanted", async () => {
    for (const authorization of [
      undefined,
      "",
      "Bearer",
      `Bearer ${"ab".repeat(31)}ac`,
      `Bearer ${TOKEN} `,
      `Basic ${TOKEN}`,
      TOKEN,
    ]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
      const answer = await ask("/api/session", headers);
      // A space at the end of a header is not a part of it.
      expect([authorization, statusOf(answer)]).toEqual([
        authorization,
        authorization?.trim() === `Bearer ${TOKEN}` ? 200 : 401,
      ]);
    }
    expect(statusOf(await ask(`/api/session?t=${TOKEN}`))).toBe(401);
    const answer = await ask("/api/session", { Authorization: `Bearer ${TOKEN}` });
    expect(answer.split("\r\n\r\n")[1]).toBe('{"version":"1.2.3"}');
    expect(statusOf(await ask("/api/other", { Authorization: `Bearer ${TOKEN}` }))).toBe(404);
  });

  it("survives what is no request", async () => {
    for (const bytes of [
      "GET\r\n\r\n",
      "\u0000\u0001\u0002\r\n\r\n",
      `GET / HTTP/1.1\r\n${"X: y\r\n".repeat(5000)}\r\n`,
    ])
      expect([400, 403, 431, Number.NaN]).toContain(statusOf(await raw(bytes)));
    expect(statusOf(await ask("/"))).toBe(200);
  });
});
