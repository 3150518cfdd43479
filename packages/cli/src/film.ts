/** `causalscope film RUN`: the causal plane through training, as a film. */
import { type ChildProcess, spawn } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { CausalscopeError, InvalidInputError, StorageError } from "@causalscope/core/errors";
import { trainingDataOf } from "@causalscope/runs";
import { readStudyRun } from "@causalscope/studies/runs";
import type { Command } from "commander";
import { choiceOption } from "./choices.ts";
import { numberOption } from "./flag-values.ts";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import { onPath } from "./on-path.ts";
import { openFile } from "./open.ts";
import { progress } from "./progress.ts";

const FORMATS = ["mp4", "webm", "gif"] as const;
type Format = (typeof FORMATS)[number];

interface FilmFlags {
  readonly format?: Format;
  readonly size?: string;
  readonly fps?: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly rotated?: boolean;
  readonly ffmpeg?: string;
  readonly out?: string;
  readonly open?: boolean;
  readonly quiet?: boolean;
}

const SIZES: Readonly<Record<string, number>> = { "480p": 854, "720p": 1280, "1080p": 1920, "1440p": 2560 };
const MOST_FRAMES = 20_000;

export function filmCommand(command: Command, io: Io): void {
  const number = (flag: string) => (text: string) => numberOption(text, flag);
  command
    .argument("<run>", "run folder of a study that trains networks")
    .description(
      "Renders a training run as a film: the causal plane, the loss curve and an epoch counter, as MP4 or WebM by ffmpeg, or as GIF without it.",
    )
    .allowExcessArguments(false)
    .addOption(
      choiceOption(
        "--format <name>",
        "mp4, webm or gif (default: by the extension of --out, else mp4 with ffmpeg, gif without)",
        FORMATS,
      ),
    )
    .addOption(
      choiceOption("--size <name>", "480p, 720p, 1080p or 1440p (default: 1080p, for GIF 720p)", Object.keys(SIZES)),
    )
    .option("--fps <n>", "frames per second (default: 30, for GIF 10)", number("--fps"))
    .option("--seconds <n>", "length of the film", number("--seconds"), 20)
    .option("--seed <n>", "only this seed (default: all)", number("--seed"))
    .option("--rotated", "the paper's coordinates: EI/√2 to the right")
    .option("--ffmpeg <path>", "path of ffmpeg (default: as found on the PATH)")
    .option("--out <file>", "file to write (default: film.mp4, .webm or .gif in the run folder)")
    .option("--open", "open the film")
    .option("--quiet", "print no progress")
    .action((folder: string, flags: FilmFlags) => runFilm(folder, flags, io));
  addExamples(command, io, [
    ["causalscope film runs/iris --open"],
    ["causalscope film runs/mnist --rotated --seed 0 --format webm"],
    ["causalscope film runs/iris --format gif --size 480p --seconds 8"],
  ]);
}

interface Shot {
  readonly format: Format;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly count: number;
  readonly out: string;
  readonly ffmpeg: string | undefined;
}

async function runFilm(folder: string, flags: FilmFlags, io: Io): Promise<void> {
  const shot = shotOf(folder, flags, io);
  const data = trainingDataOf(await readStudyRun(folder, io.storage));
  const [{ sceneOf }, { frames }] = await Promise.all([
    import("@causalscope/report"),
    import("@causalscope/report/node"),
  ]);
  const scene = sceneOf(data, { seed: flags.seed, rotated: flags.rotated ?? false });
  const show = progress(io.stderr, flags.quiet === true);
  const partial = `${shot.out}.partial`;
  try {
    const film =
      shot.format === "gif"
        ? await gifFilm(shot, frames(scene, 2, shot.width), partial, io)
        : videoFilm(shot, partial, io);
    let done = 0;
    for (const frame of frames(scene, shot.count, shot.width)) {
      io.signal.throwIfAborted();
      await film.add(frame);
      show.update(++done / shot.count, `frame ${done} of ${shot.count}`);
    }
    await film.finish();
    renameSync(partial, shot.out);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    show.stop();
  }
  const { out, width, height, fps, count } = shot;
  print(io.stdout, `${out}  (${width} × ${height}, ${fps} frames per second, ${(count / fps).toFixed(1)} s)\n`);
  if (flags.open === true) await openFile(out, io);
}

function shotOf(folder: string, flags: FilmFlags, io: Io): Shot {
  const { seconds, size } = flags;
  const ffmpeg = flags.ffmpeg ?? onPath("ffmpeg", io);
  const ending = flags.out === undefined ? "" : extname(flags.out).slice(1);
  const named = flags.format ?? (isFormat(ending) ? ending : undefined);
  if (named !== undefined && named !== "gif" && ffmpeg === undefined) {
    throw new InvalidInputError({
      who: `--format ${named}`,
      expected: "ffmpeg on the PATH, or --ffmpeg PATH",
      got: "none",
      remedy: "Install ffmpeg, or use --format gif.",
    });
  }
  const format = named ?? (ffmpeg === undefined ? "gif" : "mp4");
  if (named === undefined && format === "gif")
    print(io.stderr, "No ffmpeg on the PATH: writing a GIF instead of an MP4.\n");
  const fps = flags.fps ?? (format === "gif" ? 10 : 30);
  const width = SIZES[size ?? (format === "gif" ? "720p" : "1080p")]!;
  if (!(fps >= 1 && fps <= (format === "gif" ? 50 : 120))) {
    throw new InvalidInputError({ who: "--fps", expected: format === "gif" ? "1 to 50" : "1 to 120", got: `${fps}` });
  }
  const count = Math.round(seconds * fps);
  if (!(seconds > 0 && count >= 2 && count <= MOST_FRAMES)) {
    const expected = `a length of 2 to ${MOST_FRAMES} frames`;
    throw new InvalidInputError({ who: "--seconds", expected, got: `${seconds} s at ${fps} frames per second` });
  }
  const height = 2 * Math.round((width * 9) / 32);
  return { format, width, height, fps, count, out: flags.out ?? join(folder, `film.${format}`), ffmpeg };
}

function isFormat(name: string): name is Format {
  return FORMATS.some((format) => format === name);
}

interface Film {
  add(frame: Uint8Array): Promise<void> | void;
  finish(): Promise<void> | void;
}

async function gifFilm(
  { width, height, fps }: Shot,
  samples: Iterable<Uint8Array>,
  partial: string,
  io: Io,
): Promise<Film> {
  const { gifWriter } = await import("@causalscope/report/node");
  // Of the last moment, which shows every trail.
  let sample = new Uint8Array(0);
  for (const frame of samples) sample = Uint8Array.from(frame);
  const writer = gifWriter(sample, width, height, 10 * Math.round(100 / fps));
  return { add: (frame) => writer.add(frame), finish: () => io.storage.write(partial, writer.finish()) };
}

const CODECS: Readonly<Record<Exclude<Format, "gif">, readonly string[]>> = {
  mp4: ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-movflags", "+faststart", "-f", "mp4"],
  webm: [
    "-c:v",
    "libvpx-vp9",
    "-crf",
    "30",
    "-b:v",
    "0",
    "-row-mt",
    "1",
    "-cpu-used",
    "6",
    "-deadline",
    "realtime",
    "-f",
    "webm",
  ],
};

/** Frames go to ffmpeg as they are made. */
function videoFilm({ format, width, height, fps, ffmpeg }: Shot, partial: string, io: Io): Film {
  io.storage.makeFolder(partial.slice(0, Math.max(0, partial.length - basename(partial).length - 1)) || ".");
  const input = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", `${width}x${height}`, "-r", `${fps}`, "-i", "-"];
  // A name that begins with a dash, or with "pipe:", is a file's all the same.
  const output = [...CODECS[format as "mp4"], "-pix_fmt", "yuv420p", `file:${partial}`];
  const child = spawn(ffmpeg!, ["-loglevel", "error", "-y", ...input, ...output], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr!.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-2000);
  });
  const ended = endOf(child, ffmpeg!, () => said);
  // Heard in its turn, or not at all.
  ended.catch(() => {});
  io.signal.addEventListener("abort", () => child.kill(), { once: true });
  return {
    async add(frame) {
      // The frame's memory is used again.
      const copy = Uint8Array.from(frame);
      await Promise.race([ended, new Promise<void>((resolve) => child.stdin!.write(copy, () => resolve()))]);
    },
    async finish() {
      child.stdin!.end();
      await ended;
    },
  };
}

function endOf(child: ChildProcess, ffmpeg: string, said: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Its end says why it does not listen any more.
    child.stdin!.on("error", () => {});
    child.on("error", (cause) => {
      reject(
        new StorageError({ who: ffmpeg, expected: "a program that can be started", got: cause.message }, { cause }),
      );
    });
    child.on("close", (status) => {
      if (status === 0) resolve();
      else reject(new CausalscopeError({ who: ffmpeg, expected: "a film", got: `status ${status}: ${said().trim()}` }));
    });
  });
}
