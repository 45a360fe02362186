import { randomBytes } from "node:crypto";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hostScript } from "../../components/host-script.ts";
import { docker } from "../throw-away.ts";

const stack = `test-${randomBytes(3).toString("hex")}`;
const label = ["--label", `slipway.stack=${stack}`];
const left = [`slipway-${stack}-postgres`, `slipway-${stack}-old_files`];
const labelled = `kept-${stack}`;
const others = [`slipway-${stack}-x-postgres`, `other-slipway-${stack}-postgres`];

beforeAll(async () => {
  for (const name of [...left, ...others]) await docker("volume", "create", name);
  await docker("volume", "create", ...label, labelled);
});
afterAll(() => docker("volume", "rm", ...left, ...others, labelled));

/** What a destroy says of a stack whose configuration declares these volumes. */
async function said(declared: string): Promise<string> {
  const host = {
    engine: process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock",
    ...{ directory: "/nowhere", helperImage: "none" },
  };
  const input = hostScript("name-volumes", host, { STACK: stack, VOLUMES: declared });
  return (await execa("bash", ["-s", "--", "remove"], { input })).stdout;
}

it("a destroy names what an earlier configuration left, and nothing of another stack", async () => {
  const [, names = ""] = (await said("")).split(": ");
  expect(names.split(" ").sort()).toEqual([...left, labelled].sort());
});

it("a volume that is declared is named once", async () => {
  const [declared = ""] = left;
  const [, names = ""] = (await said(declared)).split(": ");
  expect(names.split(" ").sort()).toEqual([...left, labelled].sort());
});
