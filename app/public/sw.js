// The page without a network: keeps its files, as scripts/app.mjs lists them, under a name made of what is in them.
// A new version waits until no page of the one before is open: a page never gets parts of two.
const FILES = [];
const VERSION = "";
const { scope } = self.registration;
// Caches belong to a whole host, which may have other pages, and this page in several folders.
const ours = `causalscope ${scope} `;
const name = ours + VERSION;

async function keep() {
  const cache = await caches.open(name);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
}

async function tidy() {
  for (const each of await caches.keys()) if (each.startsWith(ours) && each !== name) await caches.delete(each);
  await self.clients.claim();
}

/** Names of files in assets/ change with what is in them: what is kept is never old. */
async function kept(request, path) {
  const cache = await caches.open(name);
  const found = await cache.match(request);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.ok && path.startsWith("assets/")) await cache.put(request, response.clone());
  return response;
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || !(origin + pathname).startsWith(scope)) return;
  const path = (origin + pathname).slice(scope.length);
  if (path === "" || path === "index.html") {
    const page = () => caches.match("./", { cacheName: name });
    event.respondWith(fetch(request).catch(async (error) => (await page()) ?? Promise.reject(error)));
  } else if (path.startsWith("assets/") || FILES.includes(path)) event.respondWith(kept(request, path));
});
