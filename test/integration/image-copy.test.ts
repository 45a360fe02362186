import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copiedImage } from "../../components/copied-image.ts";
import { deployerScript, runScript } from "../../components/host-script.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { startRegistry } from "../registry.ts";
import { type Engine, startEngine, whyNoSecondEngine } from "../second-engine.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import type { TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

const reason = whyNoSecondEngine();

describe.skipIf(reason)(`images for another engine${reason ? `: skipped, ${reason}` : ""}`, () => {
  /** The host's. It has no networks, so that of a stack no more than the images can be deployed to it. */
  let engine: Engine;
  let stack: TestStack;
  /** Ids of images that the engine of this machine has. */
  let helper: string;
  let first: string;
  let second: string;

  beforeAll(async () => {
    engine = await startEngine();
    const images = await resolveImages({ detail: () => {}, note: console.info });
    helper = await docker("image", "inspect", "--format", "{{.Id}}", images.helper);
    first = await smallImage(helper, "first");
    second = await smallImage(helper, "second");
    stack = await makeTinyStack(first, (config) => {
      config.setIn(["config", "slipway:transport"], "copy");
      // Another stack's edge is not for this one to bring.
      config.setIn(["config", "slipway:edge", "mode"], "shared");
    });
    await configure({ "host.socket": engine.address, "images.helper": helper });
  });

  afterAll(async () => {
    await stack?.takeDown();
    await removeImages(first, second);
    await engine?.stop();
  });

  async function configure(values: Record<string, string>): Promise<void> {
    const words = Object.entries(values).flatMap(([key, value]) => [
      "--plaintext",
      `slipway:${key}=${value}`,
    ]);
    const { exitCode, all } = await stack.pulumi("config", "set-all", "--path", ...words);
    expect(exitCode, all).toBe(0);
  }

  const deployImages = (...words: string[]) => stack.up("--target", "**::images*", ...words);

  async function namesOnHost(): Promise<string[]> {
    const format = "{{.ID}} {{.Repository}}:{{.Tag}}";
    const list = await engine.docker("image", "ls", "--all", "--no-trunc", "--format", format);
    return list.split("\n").filter(Boolean).sort();
  }

  /** An image on the host, with the name that keeps it from being pruned. */
  const copied = (id: string) => `${id} slipway-copied:${id.slice(7, 19)}`;

  const lines = (images: string[]) =>
    images.map((image) => `${image} ${copiedImage(image)}`).join("\n");

  /** The script by itself, from the engine at `source` to the one at `target`. */
  function copy(images: string[], target = engine.address, source?: string) {
    return execa("sh", ["-c", runScript("apply", 60)], {
      input: deployerScript("copy-images", {
        STACK: "staging",
        TARGET: target,
        SHELL_ON_HOST: "",
        IMAGES: lines(images),
      }),
      env: source ? { DOCKER_HOST: source } : {},
      reject: false,
    });
  }

  it("are not touched by a preview, which does without them", async () => {
    const { exitCode, all } = await stack.pulumi("preview");
    expect(exitCode, all).toBe(0);
    expect(await namesOnHost()).toEqual([]);
  });

  it("come from this machine's engine by a deploy", async () => {
    const output = await deployImages();
    expect(output).toContain(`copying ${helper}, `);
    expect(output).toContain(`copying ${first}, `);
    expect(await namesOnHost()).toEqual([helper, first].map(copied).sort());
    await engine.docker("image", "prune", "--force");
    expect(await namesOnHost()).toHaveLength(2);
  });

  it("come once", async () => {
    await deployImages("--expect-no-changes");
    await configure({ "app.image": second });
    const output = await deployImages();
    expect(new Set(output.match(/copying \S+/g))).toEqual(new Set([`copying ${second},`]));
    expect(await namesOnHost()).toEqual([helper, first, second].map(copied).sort());
  });

  it("that no engine has are named", async () => {
    const nowhere = `sha256:${"0".repeat(64)}`;
    const { exitCode, stdout, stderr } = await copy([first, nowhere]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      `neither the host nor the Docker engine of this machine has the image ${nowhere}; build, pull or load it on this machine`,
    );
  });

  it("come from the engine that DOCKER_HOST names", async () => {
    const own = (
      await docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
    ).trim();
    const archive = await execa("tar", ["--create", "--files-from", "/dev/null"], {
      encoding: "buffer",
    });
    const load = ["--host", engine.address, "image", "import", "--message", stack.name, "-"];
    const { stdout: image } = await execa("docker", load, { input: archive.stdout });
    try {
      const { exitCode, stderr } = await copy([image], own, engine.address);
      expect(exitCode, stderr).toBe(0);
      expect(await docker("image", "inspect", "--format", "{{.Id}}", image)).toBe(image);
    } finally {
      await removeImages(image);
    }
  });

  it("say which engine does not answer", async () => {
    const nowhere = "unix:///nowhere/docker.sock";
    const noHost = await copy([first], nowhere);
    expect(noHost.stderr).toBe(`the host's Docker engine at ${nowhere} does not answer`);
    const noSource = await copy([`sha256:${"0".repeat(64)}`], engine.address, nowhere);
    expect(noSource.stderr).toMatch(
      /^the host lacks sha256:0+, and the Docker engine of this machine/,
    );
    expect((await copy([first, second], engine.address, nowhere)).exitCode).toBe(0);
  });

  it("that have a name from a registry run by a tag of their digest, since a copy loses that name", async () => {
    const registry = await startRegistry();
    try {
      const image = await smallImage(helper, "third");
      const reference = await registry.push(image, "team/web:third");
      await execa("docker", ["pull", reference], {
        env: { DOCKER_CONFIG: registry.clientDirectory },
      });
      await configure({ "app.image": reference });
      expect(await deployImages()).toContain(`copying ${reference}, `);
      const name = copiedImage(reference);
      expect(name).toMatch(/^slipway-copied:[0-9a-f]{64}$/);
      expect(await engine.docker("image", "inspect", "--format", "{{.Id}}", name)).toBe(image);
      await engine.docker("create", "--network", "none", name);
      await deployImages("--expect-no-changes");

      // A host that has it by its own pull needs no copy.
      const own = await docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}");
      const { exitCode, stdout, stderr } = await copy([reference], own.trim(), engine.address);
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
      expect(await docker("image", "inspect", "--format", "{{.Id}}", name)).toBe(image);
      await removeImages(name, reference, image);
    } finally {
      await registry.stop();
    }
  });
});
