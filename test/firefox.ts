/** Firefox for end-to-end tests, driven by WebDriver BiDi, which it speaks as it is installed. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

export const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
export const noFirefox = !existsSync(FIREFOX);

type Data = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly result?: Data;
  readonly message?: string;
  readonly method?: string;
  readonly params?: Data;
}

/** A page in a Firefox of its own. */
export interface FirefoxPage {
  /** Opens an address, and waits until it is loaded. */
  goto(address: string): Promise<void>;
  /** What an expression of the page gives, by JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression of the page is true. */
  until(expression: string): Promise<void>;
  /** Errors and warnings of the console, and every address that was asked for. */
  readonly console: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Starts Firefox without a window, with a new profile. */
export async function openFirefox(): Promise<FirefoxPage> {
  const profile = mkdtempSync(join(tmpdir(), "causalscope-firefox-"));
  const child = spawn(FIREFOX, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  const socket = new WebSocket(`${await endpoint(child)}/session`);
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });

  const console: string[] = [];
  const requests: string[] = [];
  const waiting = new Map<number, { resolve: (result: Data) => void; reject: (error: Error) => void }>();
  socket.on("message", (text) => {
    const { id, type, result, message, method, params } = JSON.parse(String(text)) as Message;
    if (method === "log.entryAdded" && params?.level !== "info" && params?.level !== "debug")
      console.push(`${params?.level}: ${params?.text}`);
    if (method === "network.beforeRequestSent") requests.push((params as { request: { url: string } }).request.url);
    if (id === undefined) return;
    if (type === "error") waiting.get(id)?.reject(new Error(message));
    else waiting.get(id)?.resolve(result ?? {});
    waiting.delete(id);
  });
  let count = 0;
  const send = (method: string, params: Data) =>
    new Promise<Data>((resolve, reject) => {
      const id = ++count;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });

  await send("session.new", { capabilities: {} });
  await send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  const { contexts } = await send("browsingContext.getTree", {});
  const { context } = (contexts as { context: string }[])[0]!;
  await send("browsingContext.setViewport", { context, viewport: { width: 1280, height: 800 } });

  const evaluate = async <T>(expression: string): Promise<T> => {
    const found = await send("script.evaluate", {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value) ?? "null")`,
      target: { context },
      awaitPromise: true,
    });
    if (found.type !== "success") throw new Error(JSON.stringify(found.exceptionDetails));
    return JSON.parse((found.result as { value: string }).value) as T;
  };
  return {
    console,
    requests,
    evaluate,
    goto: async (url) => void (await send("browsingContext.navigate", { context, url, wait: "complete" })),
    until: async (expression) => {
      while (!(await evaluate<boolean>(expression))) await new Promise((resolve) => setTimeout(resolve, 200));
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await send("browser.close", {}).catch(() => child.kill());
      await ended;
      socket.terminate();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Where it listens, as it says itself. */
function endpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      const [, address] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${said}`)));
  });
}
