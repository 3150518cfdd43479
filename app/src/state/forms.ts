/** The forms of studies: their options as fields, from their schemas. */
import forms from "@causalscope/studies/forms.json";
import { WRITTEN } from "./address.ts";

/** A field of a study's form. */
export interface Field {
  readonly name: string;
  readonly kind: string;
  readonly names?: readonly string[];
  readonly description?: string;
  readonly expected?: string;
  readonly default: unknown;
}

/** The fields that the page has of a study. */
export function fieldsOf(study: string): readonly Field[] {
  const form = (forms as unknown as readonly { readonly name: string; readonly fields: readonly Field[] }[]).find(
    ({ name }) => name === study,
  );
  return form?.fields.filter(({ name }) => WRITTEN[name] !== undefined) ?? [];
}
