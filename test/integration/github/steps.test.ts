import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Shop } from "../../unit/github/shop.ts";

const root = join(import.meta.dirname, "../../..");
let at: Shop;
beforeAll(async () => {
  at = await Shop.open();
  at.github.world.token("of-a-run", "github-actions[bot]", { contents: "write" });
  for (const tag of ["v1.4.0", "v1.5.0-rc.1"]) {
    await at.repository.git.setRef(`refs/tags/${tag}`, await at.tip());
  }
});
afterAll(async () => {
  expect(at.github.server.complaints).toEqual([]);
  await at.close();
});

/** One of scripts/pipeline as a step of a workflow runs it. */
function step(name: string, words: string[], environment: Record<string, string>) {
  return execa("node", [join(root, `scripts/pipeline/${name}.ts`), ...words], {
    ...{ cwd: root, preferLocal: true, localDir: root, all: true, reject: false },
    env: {
      ...{
        GITHUB_REPOSITORY: "acme/shop",
        GITHUB_API_URL: at.github.apiUrl,
        GITHUB_TOKEN: "of-a-run",
      },
      ...{ GITHUB_SERVER_URL: "https://github.com", GITHUB_RUN_ID: "7", GITHUB_ACTOR: "walt" },
      ...environment,
    },
  });
}

it.each([
  ["v1.4.0", false],
  ["v1.5.0-rc.1", true],
])("the release of %s is published", async (tag, isPrerelease) => {
  const { exitCode, all } = await step("publish-release", [], { GITHUB_REF_NAME: tag });
  expect(exitCode, all).toBe(0);
  const release = [...at.repository.releases.values()].find((each) => each.tag === tag);
  expect(release).toMatchObject({ name: tag, isPrerelease });
});

it.each(["1.4.0", "v1.4", "v01.4.0", "v1.4.0 ", "vlatest"])(
  "the tag '%s' is no version",
  async (tag) => {
    const { exitCode, all } = await step("publish-release", ["--check"], { GITHUB_REF_NAME: tag });
    expect(exitCode).toBe(1);
    expect(all).toContain(`slipway: the tag ${tag} is no version`);
  },
);

it("a webhook is told how a job ended, and one that does not answer fails nothing", async () => {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    told.push(await text(request));
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const tell = () =>
    step("notify", ["--about", "Deploy of production", "--result", "failure"], {
      ...{ WEBHOOK_URL: `http://127.0.0.1:${port}/hook`, GITHUB_REF_NAME: "main" },
    });
  expect((await tell()).exitCode).toBe(0);
  expect(told.map((each) => JSON.parse(each))).toEqual([
    {
      text: "Deploy of production: failure, main by walt. https://github.com/acme/shop/actions/runs/7",
    },
  ]);
  await new Promise((resolve) => server.close(resolve));
  const { exitCode, all } = await tell();
  expect(exitCode).toBe(0);
  expect(all).toContain("::warning::The webhook was not told");
});
