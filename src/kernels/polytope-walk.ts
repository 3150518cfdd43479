/** Particles that walk on a polytope; compiled where it can be. */
import {
  type Directions,
  drawsOf,
  PlainPolytopeWalk,
  type PolytopeWalk,
  type PolytopeWalkSpec,
} from "./typescript/polytope-walk.ts";

export type { Directions, PolytopeWalk, PolytopeWalkSpec };
export { drawsOf };

export function createPolytopeWalk(spec: PolytopeWalkSpec): PolytopeWalk {
  return new PlainPolytopeWalk(spec);
}
