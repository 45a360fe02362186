import { expect, test } from "vitest";
import { commandFailure } from "../../scripts/toolchain/plugins/command/command-failure.ts";

test.each([
  ["echo hi", '"echo hi"'],
  ['say "x" \\ y', '"say \\"x\\" \\\\ y"'],
  ["a\n\tb\u0000\u0007\u000b\u001b\u007f", '"a\\n\\tb\\x00\\a\\v\\x1b\\x7f"'],
  ["grüße", '"grüße"'],
])("%j is quoted as Go quotes it", (command, quoted) => {
  const { message } = commandFailure("exit status 1", command, "written\n");
  expect(message).toBe(`exit status 1: running ${quoted}:\nwritten\n`);
});
