/** The forms of a result: a table for a reader; JSON, CSV and newline-delimited JSON for a program. One implementation for all commands. */

import { CausalscopeError, InvalidInputError } from "@causalscope/core/errors";
import { type Column, csv } from "@causalscope/runs";
import { type Command, Option } from "commander";
import { choiceOption } from "./choices.ts";
import { type Io, print } from "./io.ts";
import { jsonText } from "./json-text.ts";
import type { Block } from "./text-table.ts";

export const FORMATS = ["table", "json", "csv", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatFlags {
  readonly format?: Format;
  /** Other words for `--format json` and `--format csv`. */
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** @param row what a row of CSV and NDJSON is: "a row for each neuron". */
export function formatOptions(command: Command, row: string): Command {
  return command
    .addOption(
      choiceOption("--format <name>", `table, json, csv or ndjson; csv and ndjson have ${row}`, FORMATS, "table"),
    )
    .addOption(new Option("--json", "same as --format json"))
    .addOption(new Option("--csv", "same as --format csv"));
}

/** @throws InvalidInputError for several that differ. */
export function formatOf(command: Command): Format {
  return chosenFormat(command, FORMATS) ?? "table";
}

/**
 * What `--format` or a flag of a format's own name says, such as `--json`.
 *
 * @throws InvalidInputError for several that differ.
 */
export function chosenFormat<Name extends string>(command: Command, formats: readonly Name[]): Name | undefined {
  const values = command.opts<Readonly<Record<string, unknown>>>();
  const isGiven = command.getOptionValueSource("format") === "cli";
  const given: (readonly [flag: string, format: Name])[] = formats
    .filter((name) => values[name] === true)
    .map((name) => [`--${name}`, name]);
  if (isGiven) given.unshift([`--format ${values.format}`, values.format as Name]);
  if (new Set(given.map(([, name]) => name)).size < 2) return given[0]?.[1];
  const expected = given.map(([flag]) => flag).join(" or ");
  const got = given.length > 2 ? "all of them" : "both";
  throw new InvalidInputError({ who: command.name(), expected, got });
}

export interface Result<Row> {
  readonly table: () => readonly Block[];
  readonly json: () => unknown;
  /** Of CSV and NDJSON. */
  readonly columns: readonly Column<Row>[];
  readonly rows: () => readonly Row[];
}

export function printResult<Row>(io: Io, format: Format, result: Result<Row>): void {
  if (format === "table") print(io.stdout, ...result.table());
  else if (format === "json") io.stdout.write(jsonText(result.json()));
  else if (format === "csv") io.stdout.write(csv(result.columns, result.rows()));
  else io.stdout.write(ndjson(result.columns, result.rows()));
}

/** An object on each line, with the columns' names; null where a row has no value. */
export function ndjson<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(objectOf(columns, row))}\n`).join("");
}

/** A row as an object. */
export function objectOf<Row>(columns: readonly Column<Row>[], row: Row): Record<string, number | string | null> {
  return Object.fromEntries(
    columns.map(({ name, of }) => {
      const value = of(row) ?? null;
      // JSON would make a null of it, which a program takes for a value that there is not.
      if (typeof value === "number" && !Number.isFinite(value)) {
        throw new CausalscopeError({ who: `--format ndjson: ${name}`, expected: "a finite number", got: `${value}` });
      }
      return [name, value];
    }),
  );
}
