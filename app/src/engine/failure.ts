/** Errors as they are told. */
import type { Failure } from "./protocol.ts";

/** What a file says comes back in what is said of it, and it may say anything at any length. */
const LONGEST = 1500;

export function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  return { name, message: message.length > LONGEST ? `${message.slice(0, LONGEST)} …` : message };
}
