import { describe, expect, it } from "vitest";
import { note, notes, notesFile, readNotes } from "../src/state/notes.ts";

describe("notes", () => {
  it("come back from their file, in the order of their epochs", () => {
    note(20, "second");
    note(0, " first ");
    note(20, "again");
    const expected = [
      { epoch: 0, text: "first" },
      { epoch: 20, text: "again" },
    ];
    expect(notes.value).toEqual(expected);
    expect(readNotes(new TextDecoder().decode(notesFile()))).toEqual(expected);
    note(0, " ");
    expect(notes.value).toHaveLength(1);
  });

  it("are none where a file is another", () => {
    for (const text of [
      "",
      "{",
      "null",
      "3",
      "[]",
      '{"notes":3}',
      '{"notes":{"length":2}}',
      '{"notes":[null,{"epoch":1.5,"text":"a"}]}',
    ])
      expect(readNotes(text)).toEqual([]);
    expect(
      readNotes(
        '{"notes":[{"epoch":-1,"text":"a"},{"epoch":2,"text":"b"},{"epoch":1,"text":"c"},{"epoch":2,"text":"d"}]}',
      ),
    ).toEqual([
      { epoch: 1, text: "c" },
      { epoch: 2, text: "d" },
    ]);
    expect(readNotes(`{"notes":[{"epoch":1,"text":"${"a".repeat(5000)}"}]}`)[0]!.text).toHaveLength(2000);
  });
});
