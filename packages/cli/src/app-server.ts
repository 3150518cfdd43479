/**
 * Serves the page of the browser app on this machine alone. Whoever is logged in here, and every page that a browser here shows, can reach a
 * port of the loopback interface; so each request is refused unless it is one that the page itself makes:
 *
 * - Host is exactly one of the server's own names, so that a name of another site that resolves to 127.0.0.1 gets nothing (DNS rebinding);
 * - Origin, where it is sent, is the server's own, and the browser does not say that another site asks (Sec-Fetch-Site);
 * - the method is GET or HEAD: there is nothing that writes;
 * - files are those that were read at the start, by their names: no path of a request is ever opened;
 * - what is not a file of the page needs the token of this start, which the page gets in the fragment of its address (browsers send it to
 *   nobody) and sends as `Authorization: Bearer`.
 */
import { timingSafeEqual } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";

/** Of a kind of file, by its ending. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".zip": "application/zip",
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/**
 * The page's worker for when there is no network, in the place of its own: it removes itself. Another program may have had this port before,
 * and its worker would give its page instead of this one.
 */
const NO_WORKER = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(registration.unregister()));
`;

/** A page's files by the paths of their addresses: "/", "/assets/index-1a2b.js". */
export type Pages = ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array }>;

/** Reads all files below a folder. */
export function pagesOf(folder: string): Pages {
  const pages = new Map<string, { type: string; bytes: Uint8Array }>();
  if (!existsSync(folder)) return pages;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${file.slice(folder.length).split(sep).filter(Boolean).join("/")}`;
    const page: { type: string; bytes: Uint8Array } = {
      type: TYPES[extname(path)] ?? "application/octet-stream",
      bytes: readFileSync(file),
    };
    pages.set(path, page);
    if (path === "/index.html") pages.set("/", page);
    if (path === "/sw.js") page.bytes = Buffer.from(NO_WORKER);
  }
  return pages;
}

export interface AppServer {
  readonly port: number;
  /** Where a browser finds the page, token and all. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** What a server is made of. */
export interface AppServerOptions {
  readonly pages: Pages;
  /** 64 hexadecimal digits, made anew at each start. */
  readonly token: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly version: string;
}

/** Listens on 127.0.0.1 alone. @throws what the system says where the port cannot be had. */
export async function serveApp({ pages, token, port, version }: AppServerOptions): Promise<AppServer> {
  let hosts: ReadonlySet<string> = new Set();
  const server: Server = createServer((request, response) => answer(request, response));
  // A request is a line and a few headers; whoever sends them slowly is cut off.
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.maxHeadersCount = 64;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const refused = refusal(request, hosts);
    // No address of ours has a query; what follows one is not looked at.
    const [path = "/"] = (request.url ?? "/").split("?");
    const page = pages.get(path);
    if (refused !== undefined) end(response, ...refused);
    else if (page !== undefined) send(request, response, page.type, page.bytes);
    else if (!path.startsWith("/api/")) end(response, 404, "There is no such file.");
    else if (!hasToken(request, token)) end(response, 401, "The token of this start is missing.");
    else if (path !== "/api/session") end(response, 404, "There is no such thing.");
    else send(request, response, "application/json", Buffer.from(JSON.stringify({ version })));
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  hosts = new Set([`127.0.0.1:${actual}`, `localhost:${actual}`]);
  return {
    port: actual,
    address: `http://127.0.0.1:${actual}/#t=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Why a request is not answered: status and words. */
function refusal(
  { method, headers, rawHeaders }: IncomingMessage,
  hosts: ReadonlySet<string>,
): [status: number, words: string] | undefined {
  if (method !== "GET" && method !== "HEAD") return [405, "Only GET and HEAD are answered."];
  const given = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  if (given !== 1 || !hosts.has(headers.host ?? "")) return [403, "This server answers to its own name alone."];
  const { origin } = headers;
  if (origin !== undefined && ![...hosts].some((host) => origin === `http://${host}`))
    return [403, "Another site asked."];
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return [403, "Another site asked."];
  return undefined;
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function send({ method }: IncomingMessage, response: ServerResponse, type: string, bytes: Uint8Array): void {
  response.setHeader("Content-Type", type);
  response.setHeader("Content-Length", bytes.length);
  response.writeHead(200);
  response.end(method === "HEAD" ? undefined : bytes);
}

function end(response: ServerResponse, status: number, words: string): void {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.writeHead(status);
  response.end(`${words}\n`);
}
