import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { docker } from "../throw-away.ts";
import { host, makeNeighbours } from "./neighbours.ts";
import type { TestStack } from "./stack.ts";

let neighbours: Awaited<ReturnType<typeof makeNeighbours>>;
let { owner, sharer, edge, helper, containerOfEdge, bothAnswer } = {} as typeof neighbours;

beforeAll(async () => {
  neighbours = await makeNeighbours();
  ({ owner, sharer, edge, helper, containerOfEdge, bothAnswer } = neighbours);
});

afterAll(() => neighbours?.takeDown());

const network = () => `slipway-${sharer.name}-edge`;

/** What lies in the directory of the edge that is called after a stack. */
async function filesOf(stack: string): Promise<string[]> {
  const list = 'cd "$0" 2>/dev/null && find . -type f | cut -c 3- || true';
  const directory = `/slipway/edges/edge-${stack}`;
  const words = ["run", "--rm", "--network", "none", "--volume", "/var/lib/slipway:/slipway:ro"];
  const output = await docker(...words, helper, "sh", "-c", list, directory);
  return output.split("\n").filter(Boolean);
}

async function set(stack: TestStack, edge: Record<string, unknown>): Promise<void> {
  const words = Object.entries(edge).flatMap(([key, value]) => [
    "--plaintext",
    `slipway:edge.${key}=${value}`,
  ]);
  const { exitCode, all } = await stack.pulumi("config", "set-all", "--path", ...words);
  expect(exitCode, all).toBe(0);
}

it("answers for both stacks", () => bothAnswer());

it("answers for both when the owner's deploy replaced it", async () => {
  const before = await containerOfEdge();
  await set(owner, { httpPort: await freePort() });
  await owner.up();
  expect(await containerOfEdge()).not.toBe(before);
  await bothAnswer();
});

it("answers for both when it was removed and the owner made it again", async () => {
  await docker("rm", "--force", edge);
  await owner.up("--refresh");
  await bothAnswer();
});

it("neither goes nor gets another name while another stack is reached by it", async () => {
  const refusal = `the edge edge-${owner.name} is also that of ${sharer.name}`;
  const destroyed = await owner.pulumi("destroy", "--yes", "--skip-preview");
  expect(destroyed.exitCode).not.toBe(0);
  expect(destroyed.all).toContain(refusal);
  await bothAnswer();
  await set(owner, { name: `edge-${owner.name}-2` });
  const renamed = await owner.pulumi("up", "--yes", "--skip-preview");
  expect(renamed.exitCode).not.toBe(0);
  expect(renamed.all).toContain(refusal);
  await bothAnswer();
  await set(owner, { name: `edge-${owner.name}` });
  await owner.up();
});

it("is put on the network of a release that is to serve, if it is not there", async () => {
  await docker("network", "disconnect", network(), edge);
  await sharer.pulumi("config", "set", "--path", "slipway:app.image", neighbours.newer);
  await sharer.up();
  expect((await sharer.ask("/", { host: host.sharer })).body.trim()).toBe("newer");
});

it("keeps nothing of a stack that is reached by another edge now", async () => {
  expect(await filesOf(owner.name)).toContain(`dynamic/${sharer.name}.yml`);
  const own = `edge-${sharer.name}`;
  sharer.httpsPort = await freePort();
  const ports = { httpPort: await freePort(), httpsPort: sharer.httpsPort };
  await set(sharer, { mode: "own", name: own, address: "127.0.0.1", ...ports });
  await sharer.up();
  expect((await sharer.ask("/", { host: host.sharer })).status).toBe(200);
  expect((await filesOf(owner.name)).join()).not.toContain(sharer.name);
  expect(await filesOf(sharer.name)).toContain(`certificates/${sharer.name}/key.pem`);
  expect(await docker("network", "inspect", network())).not.toContain(await containerOfEdge());
  await sharer.up("--expect-no-changes");
});

it("that gets another name leaves no directory and no container of the old one", async () => {
  await set(owner, { name: `edge-${owner.name}-2` });
  await owner.up();
  expect((await owner.ask("/", { host: host.owner })).status).toBe(200);
  expect(await filesOf(owner.name)).toEqual([]);
  const names = await docker("ps", "--all", "--format", "{{.Names}}");
  expect(names.split("\n")).not.toContain(edge);
});
