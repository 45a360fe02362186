import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shop, shop } from "../../unit/github/shop.ts";

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

describe("a deploy where GitHub has no environments", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-step-"));
  const output = join(directory, "output");
  afterAll(() => rmSync(directory, { recursive: true }));

  const begin = async (token: string) => {
    writeFileSync(output, "");
    const environment = { GITHUB_SHA: await at.tip(), GITHUB_OUTPUT: output, GITHUB_TOKEN: token };
    const { exitCode, all } = await step(
      "begin-deployment",
      ["--stack", "production"],
      environment,
    );
    return { exitCode, all, id: /^id=(\d+)$/m.exec(readFileSync(output, "utf8"))?.[1] ?? "" };
  };
  const end = (id: string, result: string, ...words: string[]) =>
    step("end-deployment", ["--deployment", id, "--result", result, ...words], {
      GITHUB_TOKEN: "of-a-deploy",
    });

  beforeAll(async () => {
    at.github.world.token("of-a-deploy", "github-actions[bot]", { deployments: "write" });
    // The run that the step is of.
    await at.as("walt").checks.create({ ...shop, head_sha: await at.tip(), name: "Deploy" });
  });

  it.each([
    ["success", "success", ["--url", "https://shop.example.com/"], "https://shop.example.com/"],
    ["failure", "failure", [], ""],
    ["cancelled", "error", [], ""],
  ])("is shown there: %s", async (result, state, words, environmentUrl) => {
    const { exitCode, all, id } = await begin("of-a-deploy");
    expect(exitCode, all).toBe(0);
    expect((await end(id, result, ...words)).exitCode).toBe(0);
    const made = at.repository.deployments.find((each) => each.id === Number(id));
    expect(made).toMatchObject({ sha: await at.tip(), environment: "production" });
    const logUrl = "https://github.com/acme/shop/actions/runs/7";
    expect(made?.statuses).toMatchObject([
      { state: "in_progress", logUrl },
      { state, logUrl, environmentUrl },
    ]);
  });

  it("does not fail where it cannot be shown", async () => {
    const { exitCode, all, id } = await begin("of-a-run");
    expect(exitCode).toBe(0);
    expect(all).toContain("::warning::GitHub was not told of the deploy: Resource not accessible");
    expect(id).toBe("");
    const ended = await end("1", "success");
    expect(ended.exitCode).toBe(0);
    expect(ended.all).toContain("::warning::GitHub was not told how the deploy ended: Not Found");
  });
});

describe("a webhook", () => {
  const told: { host: string; message: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const { host = "" } = request.headers;
    told.push({ host, message: JSON.parse(await text(request)) });
    response.writeHead(request.url === "/refused" ? 404 : 204).end();
  });
  // Asked as a proxy for any host, it is that host.
  server.on("connect", (_, socket: Socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    server.emit("connection", socket);
  });
  let origin: string;
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const tell = (url: string) =>
    step("notify", ["--about", "Deploy of production", "--result", "failure"], {
      ...{ WEBHOOK_URL: url, GITHUB_REF_NAME: "main" },
      // As scripts/bootstrap.sh has it.
      ...{ NODE_USE_ENV_PROXY: "1", HTTP_PROXY: origin, NO_PROXY: "127.0.0.1" },
    });
  const words =
    "Deploy of production: failure, main by walt. https://github.com/acme/shop/actions/runs/7";

  it.each([
    ["/services/T1/B1/x", { text: words }],
    ["http://discord.com/api/webhooks/1/x", { content: words }],
    ["http://ptb.discord.com/api/webhooks/1/x", { content: words }],
    ["http://discordapp.com/api/webhooks/1/x", { content: words }],
    ["http://discord.com/api/webhooks/1/x/slack", { text: words }],
    ["http://notdiscord.com/api/webhooks/1/x", { text: words }],
  ])("%s is told how a job ended", async (address, message) => {
    told.length = 0;
    const url = new URL(address, origin);
    const { exitCode, all } = await tell(url.href);
    expect(exitCode, all).toBe(0);
    expect(all).toBe("");
    expect(told).toEqual([{ host: url.host, message }]);
  });

  it.each([
    ["http://127.0.0.1:1/hook", "fetch failed"],
    ["/refused", "it answered 404"],
  ])("%s fails nothing: %s", async (address, why) => {
    const { exitCode, all } = await tell(new URL(address, origin).href);
    expect(exitCode).toBe(0);
    expect(all).toBe(`::warning::The webhook was not told: ${why}`);
  });
});
