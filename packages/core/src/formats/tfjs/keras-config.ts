/** The settings of one Keras layer, checked when they are asked for. */
import { FormatError } from "../../checks/error-classes.ts";
import { record, shown } from "../json-values.ts";
import { type Json, property } from "./checked.ts";
import type { Padding } from "./convolution.ts";

/** A setting that is a list is never longer than this. */
const MOST_SIZES = 16;

export class KerasConfig {
  readonly who: string;
  readonly #settings: Json;

  constructor(settings: unknown, who: string) {
    this.who = who;
    this.#settings = record(settings, `${who}: config`, "an object");
  }

  /** Undefined also for null. */
  get(key: string): unknown {
    return property(this.#settings, key);
  }

  number(key: string, otherwise: number): number {
    const value = this.get(key) ?? otherwise;
    if (typeof value !== "number" || !Number.isFinite(value)) this.#fail(key, "a finite number", value);
    return value;
  }

  whole(key: string, otherwise: number): number {
    const value = this.number(key, otherwise);
    if (!Number.isSafeInteger(value)) this.#fail(key, "a whole number", value);
    return value;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.get(key) ?? otherwise;
    if (typeof value !== "boolean") this.#fail(key, "true or false", value);
    return value;
  }

  text(key: string, otherwise: string): string {
    const value = this.get(key) ?? otherwise;
    if (typeof value !== "string") this.#fail(key, "text", value);
    return value;
  }

  /** Whole numbers from `least` on; undefined where there is none. */
  list(key: string, least: number): readonly number[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const whole = list.every((size) => Number.isSafeInteger(size) && (size as number) >= least);
    if (!whole || list.length > MOST_SIZES) this.#fail(key, `whole numbers of at least ${least}`, value);
    return list as number[];
  }

  /** Sizes from 1 on, and −1 where the file has it or null. */
  openSizes(key: string): readonly number[] {
    const value = this.get(key) ?? [];
    const sizes = Array.isArray(value) ? value.map((size: unknown) => size ?? -1) : [];
    const valid = sizes.every((size) => size === -1 || (Number.isSafeInteger(size) && (size as number) >= 1));
    if (!Array.isArray(value) || sizes.length > MOST_SIZES || !valid)
      this.#fail(key, "sizes of at least 1, or -1", value);
    return sizes as number[];
  }

  /** One size per spatial axis; one number stands for all. */
  sizes(key: string, axes: number, otherwise: readonly number[]): readonly number[] {
    const list = this.list(key, 1) ?? otherwise;
    if (list.length === 1 && axes > 1) return Array.from({ length: axes }, () => list[0]!);
    if (list.length !== axes) this.#fail(key, `${axes} sizes`, list);
    return list;
  }

  channelsLast(): boolean {
    const format = this.text("data_format", "channels_last")
      .replace("channelsF", "channels_f")
      .replace("channelsL", "channels_l");
    if (format !== "channels_last" && format !== "channels_first") {
      this.#fail("data_format", '"channels_last" or "channels_first"', format);
    }
    return format === "channels_last";
  }

  padding(): Exclude<Padding, object> {
    const padding = this.text("padding", "valid").toLowerCase();
    if (padding !== "valid" && padding !== "same" && padding !== "causal") {
      this.#fail("padding", '"valid", "same" or "causal"', padding);
    }
    return padding;
  }

  /** A name, or an object with a class_name, as Keras 3 writes it. */
  activation(): string {
    const value = this.get("activation") ?? "linear";
    if (typeof value === "string") return value;
    const nested = record(value, `${this.who}: activation`, "a name or an object");
    const inner = property(nested, "config");
    const name = property(nested, "class_name");
    if (typeof inner === "string") return inner;
    if (typeof name !== "string") this.#fail("activation", "a name or an object with one", value);
    return name;
  }

  /** Zeros before and after each axis: a number, a number per axis, or a pair per axis. */
  zeros(axes: number): readonly (readonly [number, number])[] {
    const value = this.get("padding") ?? 1;
    const amount = (entry: unknown): entry is number => Number.isSafeInteger(entry) && (entry as number) >= 0;
    const pair = (entry: unknown): entry is [number, number] =>
      Array.isArray(entry) && entry.length === 2 && entry.every(amount);
    if (amount(value)) return Array.from({ length: axes }, () => [value, value] as const);
    if (axes === 1 && pair(value)) return [value];
    if (!Array.isArray(value) || value.length !== axes) this.#fail("padding", `zeros for ${axes} axes`, value);
    return value.map((entry: unknown) => {
      if (amount(entry)) return [entry, entry] as const;
      if (!pair(entry)) this.#fail("padding", "a number or [before, after]", entry);
      return entry;
    });
  }

  #fail(key: string, expected: string, got: unknown): never {
    throw new FormatError({ who: `${this.who}: ${key}`, expected, got: shown(got) });
  }
}
