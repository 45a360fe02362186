import { expect, test } from "vitest";
import { inOrder } from "../../scripts/in-order.ts";

test("sources are merged line by line, and no more is read of one than was shown", async () => {
  const sources = { a: ["01", "04", "05"], b: [], c: ["02", "03", "06"] };
  const read = { a: 0, b: 0, c: 0 };
  const shown: string[] = [];
  const open = async function* (name: keyof typeof sources) {
    for (const line of sources[name]) {
      read[name] += 1;
      yield line;
    }
  };
  for await (const { from, line } of inOrder(["a", "b", "c"] as const, open)) {
    shown.push(`${from}${line}`);
    for (const name of ["a", "c"] as const) {
      const ofSource = shown.filter((each) => each.startsWith(name)).length;
      expect(read[name]).toBeLessThanOrEqual(ofSource + 1);
    }
  }
  expect(shown).toEqual(["a01", "c02", "c03", "a04", "a05", "c06"]);
});
