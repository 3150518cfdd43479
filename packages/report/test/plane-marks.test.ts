import { describe, expect, test } from "vitest";
import { namePlaces } from "../src/views/plane-marks.ts";

const BOX = { left: 0, top: 0, right: 400, bottom: 300 };

type Place = Readonly<{ x: number; y: number }>;
const distance = (a: Place, b: Place) => Math.hypot(a.x - b.x, a.y - b.y);

/** Two marks so far apart, turned by so many degrees, the first of them in the middle, at an edge or in a corner. */
function pairs(apart: number): [Place, Place][] {
  const firsts = [200, 12, 388].flatMap((x) => [150, 12, 288].map((y) => ({ x, y })));
  return firsts.flatMap((first) =>
    Array.from({ length: 24 }, (_, k): [Place, Place] => {
      const turn = (k * Math.PI) / 12;
      return [first, { x: first.x + apart * Math.cos(turn), y: first.y + apart * Math.sin(turn) }];
    }),
  );
}

describe("namePlaces(points, others, box)", () => {
  test("a name never stands nearer to another mark than to its own, for marks 15 px apart", () => {
    let named = 0;
    for (const marks of pairs(15))
      for (const [k, place] of namePlaces(marks, marks, BOX).entries()) {
        if (place === undefined) continue;
        named++;
        expect(distance(place, marks[k]!)).toBeLessThanOrEqual(distance(place, marks[1 - k]!) + 1);
      }
    expect(named).toBeGreaterThan(300);
  });

  test("a name is hidden where each free place is nearer to another mark", () => {
    // The strip leaves room beside the marks only, and that of the first lies beyond the second.
    const strip = { left: 92, top: 92, right: 400, bottom: 108 };
    const marks = [
      { x: 100, y: 100 },
      { x: 109, y: 100 },
    ];
    expect(namePlaces(marks, marks, strip)).toEqual([undefined, { x: 126, y: 100 }]);
  });

  test("marks that coincide both have names in the open", () => {
    for (const marks of pairs(5).slice(0, 24)) expect(namePlaces(marks, marks, BOX)).not.toContain(undefined);
  });
});
