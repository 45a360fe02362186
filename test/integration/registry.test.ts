import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { copiedImage } from "../../components/copied-image.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { type Registry, startRegistry } from "../registry.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker, type TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

let registry: Registry;
let stack: TestStack;
/** Images that the registry has and this engine does not. */
let first: string;
let second: string;
/** Whatever the commands said. */
const said: string[] = [];
const wrongPassword = "planted-wrong-password";

beforeAll(async () => {
  registry = await startRegistry();
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const push = async (text: string) => {
    const image = await smallImage(helper, text);
    const reference = await registry.push(image, `team/web:${text}`);
    await removeImages(image);
    return reference;
  };
  first = await push("first");
  second = await push("second");
  stack = await makeTinyStack(first, (config) =>
    config.setIn(["config", "slipway:transport"], "pull"),
  );
  await configure(registry.password, first);
});

afterAll(async () => {
  await stack?.takeDown();
  await removeImages(first, second, copiedImage(second));
  await registry?.stop();
});

async function configure(password: string, image: string): Promise<void> {
  const key = `slipway:registries["${registry.address}"]`;
  const { exitCode, all } = await stack.pulumi(
    ...["config", "set-all", "--path"],
    ...["--plaintext", `${key}.username=${registry.username}`],
    ...["--secret", `${key}.password=${password}`],
    ...["--plaintext", `slipway:app.image=${image}`],
  );
  expect(exitCode, all).toBe(0);
}

async function has(image: string): Promise<boolean> {
  return !(await execa("docker", ["image", "inspect", image], { reject: false })).failed;
}

it("is asked with the stack's credentials, which the host itself does not have", async () => {
  const anonymous = await execa("docker", ["pull", first], { reject: false });
  expect(anonymous.stderr).toContain("no basic auth credentials");
  expect(await has(first)).toBe(false);
  said.push(await stack.up());
  expect(await has(first)).toBe(true);
  expect((await stack.ask("/")).body).toBe("first\n");
});

it("is asked once: a second up changes nothing, and a refresh finds nothing", async () => {
  said.push(await stack.up("--expect-no-changes"));
  const { exitCode, all } = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
  said.push(all);
  expect(exitCode, all).toBe(0);
});

it("refuses a wrong password: the deploy says so, and what serves is left alone", async () => {
  const [service] = await stack.containers("service");
  await configure(wrongPassword, second);
  const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
  said.push(all);
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(
    /unable to pull image 127\.0\.0\.1:\d+\/team\/web@sha256:\w+: .*unauthorized: authentication required/,
  );
  expect(await stack.containers("service")).toEqual([service]);
  expect((await stack.ask("/")).body).toBe("first\n");
  expect(await has(second)).toBe(false);

  await configure(registry.password, second);
  said.push(await stack.up());
  expect((await stack.ask("/")).body).toBe("second\n");
});

it("has its password shown nowhere", async () => {
  const { stdout: state } = await stack.pulumi("stack", "export");
  expect(state).toContain(registry.address);
  for (const text of [state, ...said]) {
    expect(text).not.toContain(registry.password);
    expect(text).not.toContain(wrongPassword);
  }
});

it("is not asked where the deploy copies what it has, and its digest is the name of what runs", async () => {
  const { exitCode, all } = await stack.pulumi("config", "set", "slipway:transport", "copy");
  expect(exitCode, all).toBe(0);
  said.push(await stack.up());
  expect((await stack.ask("/")).body).toBe("second\n");
  const [service = ""] = await stack.containers("service");
  const { stdout } = await docker("inspect", "--format", "{{.Config.Image}}", service);
  expect(stdout).toBe(copiedImage(second));
  const refreshed = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
  expect(refreshed.exitCode, refreshed.all).toBe(0);
});

it("need not be asked again after a destroy, which leaves the images of the last two releases there", async () => {
  const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(exitCode, all).toBe(0);
  expect([await has(first), await has(second)]).toEqual([false, true]);
  const label = `label=slipway.stack=${stack.name}`;
  expect((await docker("ps", "--all", "--quiet", "--filter", label)).stdout).toBe("");
});
