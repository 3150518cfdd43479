/** The token of `causalscope app`, which came in the fragment: it stays in memory, and leaves the address bar. */
let token: string | undefined;

/** Takes it from the address. Returns whether there was one. */
export function takeToken(): boolean {
  const found = /^#t=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (found === undefined) return false;
  token = found;
  history.replaceState(null, "", location.pathname);
  return true;
}

/** The version of the command that serves this page, asked with the token; undefined where a plain host does. */
export async function servedBy(): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const response = await fetch("./api/session", { headers: { Authorization: `Bearer ${token}` } });
  return response.ok ? ((await response.json()) as { readonly version: string }).version : undefined;
}
