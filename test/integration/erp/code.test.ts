import { expect, test } from "vitest";
import { cleanCopies, machine, pipeline } from "./example.ts";

const copy = cleanCopies();

/** What a step says of the example with another module in it, or of the example as it is. */
async function check(job: string, step: string, module?: string) {
  const directory = await copy(module ? { "src/erp/more.py": module } : {});
  return pipeline.run(job, step, { directory, environment: machine });
}

test("lint passes", async () => {
  const { isWell, said } = await check("lint", "ruff, black and mypy");
  expect(isWell, said).toBe(true);
});

test.each([
  ["ruff", '"""More."""\n\nimport os\n', "F401"],
  ["black", '"""More."""\n\nMORE = {  "a":1 }\n', '+MORE = {"a": 1}'],
  ["mypy", '"""More."""\n\nMORE: int = "a"\n', "Incompatible types in assignment"],
])("lint fails where %s finds something", async (_, module, found) => {
  const { isWell, said } = await check("lint", "ruff, black and mypy", module);
  expect(isWell).toBe(false);
  expect(said).toContain(found);
});

test("nothing in it is dangerous", async () => {
  const { isWell, said } = await check("security", "Dangerous code");
  expect(isWell, said).toBe(true);
});

test("dangerous code fails", async () => {
  const call = "import subprocess\n\nsubprocess.run(input(), shell=True, check=True)\n";
  const { isWell, said } = await check("security", "Dangerous code", call);
  expect(isWell).toBe(false);
  expect(said).toContain("Severity: High");
});

test("dependencies are vulnerable or not, or could not be asked about, which fails", async () => {
  const { isWell, said } = await check("security", "Vulnerable dependencies");
  // An index that only serves packages knows no advisories.
  if (isWell) expect(said).toContain("No known vulnerabilities found");
  else
    expect(said).toMatch(/could not be audited|Max retries exceeded|Found \d+ known vulnerabilit/);
});
