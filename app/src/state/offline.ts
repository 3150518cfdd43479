/** The worker that keeps the page's files, so that it opens without a network. */

/** The first number comes before what may be needed some other day. */
const LATER = 3000;

/**
 * Registers it, a while after the page is there. Not for a page of `causalscope app`: it is there without a network, and its port is another
 * one at each start, so that the worker would give an old version to whatever comes to that port next. (A reloaded page does not know
 * who serves it; the command then answers with a worker that removes itself.)
 */
export function keepForOffline(isServedByCommand: boolean): void {
  if (!import.meta.env.PROD || isServedByCommand || !("serviceWorker" in navigator)) return;
  // A browser that refuses, in a private window for example, has the page all the same.
  const register = () => setTimeout(() => void navigator.serviceWorker.register("./sw.js").catch(() => {}), LATER);
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
