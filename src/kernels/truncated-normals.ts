/** Particles of a Gaussian law confined to a rectangle; compiled where it can be. */
import {
  PlainTruncatedNormals,
  type TruncatedNormals,
  type TruncatedNormalsSpec,
} from "./typescript/truncated-normals.ts";

export type { TruncatedNormals, TruncatedNormalsSpec };

export function createTruncatedNormals(spec: TruncatedNormalsSpec): TruncatedNormals {
  return new PlainTruncatedNormals(spec);
}
