import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("what a script makes for the way does not come back with the server; a page for maintenance does", () => {
  const scripts = globSync("scripts/host/**/*.sh", { cwd: root });
  const restarting = scripts.filter((file) =>
    readFileSync(join(root, file), "utf8").includes("--restart"),
  );
  expect(restarting).toEqual(["scripts/host/maintenance/page.sh"]);
});
