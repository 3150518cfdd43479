/** The token of `causalscope app`, which came in the fragment: it stays in memory, and leaves the address bar. */
let token: string | undefined;

export function takeToken(): void {
  const found = /^#t=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (found === undefined) return;
  token = found;
  history.replaceState(null, "", location.pathname);
}

/** What requests to the server carry; nothing where the page came from a plain host. */
export function authorization(): Readonly<Record<string, string>> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}
