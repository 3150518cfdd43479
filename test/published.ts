/**
 * Packages of npm that only slow tests need: published models, and the runtimes that values were recorded with. `published-packages.json`
 * locks them by version and by the SHA-512 of the archive. They are fetched once, from the registry that npm is configured with, into the
 * user's cache; from then on no network is needed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** `sha512-` and the hash of the archive in base64, as in a package-lock.json. */
  readonly integrity: string;
  /** Files and folders that are used; no others are unpacked. */
  readonly files: readonly string[];
}

export const publishedPackages: readonly PublishedPackage[] = JSON.parse(
  readFileSync(fileURLToPath(new URL("published-packages.json", import.meta.url)), "utf8"),
);

const { CAUSALSCOPE_CACHE, XDG_CACHE_HOME } = process.env;
const cache = join(
  CAUSALSCOPE_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "causalscope"),
  "test-packages",
);

let root: string | undefined;
const unpacked = new Map<string, string>();
afterAll(() => {
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
  root = undefined;
  unpacked.clear();
});

/**
 * The folder of a package's used files, until the tests of the calling file are done. Packages stand in one `node_modules`, so that they find each other.
 *
 * @throws Error for a package that is not on the list, that cannot be fetched, or whose archive is another than the list says.
 */
export function published(name: string): string {
  const known = unpacked.get(name);
  if (known !== undefined) return known;
  const entry = publishedPackages.find((each) => each.name === name);
  if (entry === undefined) throw new Error(`test/published-packages.json: expected ${name}; it is not on the list`);
  root ??= mkdtempSync(join(tmpdir(), "causalscope-published-"));
  const folder = join(root, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  const files = entry.files.map(
    (file) => `package/${file.replace("{platform}", process.platform).replace("{arch}", process.arch)}`,
  );
  execFileSync("tar", ["-xzf", archiveOf(entry), "-C", folder, "--strip-components=1", ...files]);
  unpacked.set(name, folder);
  return folder;
}

/** A file of a package, by the package's name and its place there. */
export function publishedFile(path: string): string {
  const [name] = path.match(/^(@[^/]+\/)?[^/]+/)!;
  return join(published(name), path.slice(name.length));
}

/** The archive in the cache, fetched where it is not there or is damaged. */
export function archiveOf(entry: PublishedPackage, folder: string = cache): string {
  const archive = join(folder, `${entry.name.replace("/", "+")}-${entry.version}.tgz`);
  if (existsSync(archive) && integrityOf(archive) === entry.integrity) return archive;
  mkdirSync(folder, { recursive: true });
  // Beside its place: a rename is one step, whoever else fetches at the same time.
  const arriving = mkdtempSync(join(folder, "arriving-"));
  try {
    const fetched = join(arriving, packed(entry, arriving));
    const integrity = integrityOf(fetched);
    if (integrity !== entry.integrity) {
      throw new Error(`${entry.name}@${entry.version}: expected the archive ${entry.integrity}; got ${integrity}`);
    }
    renameSync(fetched, archive);
  } finally {
    rmSync(arriving, { recursive: true, force: true });
  }
  return archive;
}

function packed({ name, version }: PublishedPackage, folder: string): string {
  try {
    execFileSync("npm", ["pack", `${name}@${version}`, "--silent", "--ignore-scripts", "--pack-destination", folder], {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    return readdirSync(folder).find((file) => file.endsWith(".tgz"))!;
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Error(
      `${name}@${version}: expected npm to fetch the package; got ${said}. Slow tests need the npm registry once; then ${cache} has the package.`,
      { cause },
    );
  }
}

function integrityOf(archive: string): string {
  return `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
}
