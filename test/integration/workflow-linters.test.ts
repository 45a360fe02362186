import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Linter, workflowLinters } from "../../scripts/workflow-linters.ts";

const pinned = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
let linters: Linter[];
let root: string;

beforeAll(async () => {
  linters = await workflowLinters({ detail() {}, note: console.info });
  root = await mkdtemp(join(tmpdir(), "slipway-workflows-"));
});

afterAll(() => rm(root, { recursive: true }));

/** What each linter says of a workflow with these steps, or of another file below .github. */
async function findings(steps: string, file = "workflows/test.yml"): Promise<string[]> {
  const path = join(root, ".github", file);
  await mkdir(dirname(path), { recursive: true });
  const workflow = `name: test
on: [pull_request]
permissions: {}
concurrency:
  group: test-\${{ github.ref }}
  cancel-in-progress: true
jobs:
  test:
    name: test
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
${steps.replace(/^/gm, "      ")}
`;
  await writeFile(path, file.startsWith("workflows/") ? workflow : steps);
  const said = linters.map(async ({ program, words }) => {
    const { exitCode, all } = await execa(program, words([path]), { all: true, reject: false });
    return exitCode === 0 ? "" : all;
  });
  return Promise.all(said);
}

test("a workflow without fault passes", async () => {
  const steps = `- uses: ${pinned}
  with:
    persist-credentials: false
- name: Greet
  run: echo hello`;
  expect(await findings(steps)).toEqual(["", ""]);
});

test("a value that a stranger chooses may not stand in a step's script", async () => {
  const [meaning, security] = await findings(
    `- name: Greet
  run: echo "\${{ github.event.pull_request.title }}"`,
  );
  expect(meaning).toContain("github.event.pull_request.title");
  expect(security).toContain("error[template-injection]");
});

test("an action has to be pinned by its commit, and an image by its digest", async () => {
  const [, action] = await findings(`- uses: actions/checkout@v7
  with:
    persist-credentials: false`);
  expect(action).toContain("error[unpinned-uses]");
  const [, image] = await findings(`- name: Greet
  uses: docker://busybox:1.37`);
  expect(image).toContain("unpinned-images");
});

test("shellcheck reads the steps", async () => {
  const [meaning] = await findings(`- name: Greet
  run: echo $HOME`);
  expect(meaning).toContain("SC2086");
});

test("dependabot.yml is read, too", async () => {
  const [, security] = await findings(
    `version: 2
updates:
  - package-ecosystem: docker
    directory: /
    schedule: { interval: weekly }
`,
    "dependabot.yml",
  );
  expect(security).toContain("dependabot-cooldown");
});
