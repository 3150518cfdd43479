/** Errors as they are told to the page. */
import type { Failure } from "./protocol.ts";

export function failureOf(error: unknown): Failure {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "Error", message: String(error) };
}
