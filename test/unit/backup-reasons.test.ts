import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";

const engine = join(import.meta.dirname, "../../scripts/host/backup/engine.sh");
const reason = async (text: string) =>
  (
    await execa("bash", ["-euc", '. "$1"; engine_reason "$2"', "reason", engine, text], {
      env: { STACK: "staging" },
    })
  ).stdout;

const local = "2026-11-29 22:30:53.269 P00  ERROR:";
const damaged = /^a file of the backup is damaged/;
const otherKey = /^the repository cannot be read with this key/;

it.each([
  [`${local} [095]: raised from local-2 protocol: unable to flush`, damaged],
  [`${local} [029]: raised from local-1 protocol: zst error: [-20] Data corruption`, damaged],
  [`${local} [095]: raised from local-1 protocol: cipher header invalid`, damaged],
  [
    `${local} [026]: raised from local-2 protocol: error restoring '/pg_hba.conf': actual checksum 'a'`,
    damaged,
  ],
  [
    `Uncaught AssertError: local-1 process terminated unexpectedly [25]: ASSERT: [025]: index 1374\n---\nmore`,
    damaged,
  ],
  [`${local} [055]: unable to load info file\nCryptoError: cipher header invalid`, otherKey],
  [
    `${local} [055]: raised from local-1 protocol: unable to open missing file '/bundle/1'`,
    /^unable to open missing file '.bundle.1'$/,
  ],
])("what the engine says is told in one line: %s", async (text, told) => {
  expect(await reason(text)).toMatch(told);
  expect((await reason(text)).split("\n")).toHaveLength(1);
});
