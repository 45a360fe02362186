import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, parseDocument } from "yaml";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker } from "../../throw-away.ts";
import type { TestStack } from "../stack.ts";
import { makeTinyStack } from "../tiny-stack.ts";

/** What an event of the journal says; `time` in milliseconds. */
export interface JournalEvent {
  time: number;
  deploy: string;
  event: string;
  release?: string;
  reason?: string;
  [more: string]: unknown;
}

/** What came of an `up`. */
export interface Outcome {
  exitCode: number | undefined;
  /** What the CLI printed. */
  all: string;
  /** From the first process to the end of the last. */
  seconds: number;
  /** What the journal got meanwhile. */
  events: JournalEvent[];
}

/** A tiny stack that is deployed again and again, each release as bad as its settings say; see app.py. */
export class Deployments {
  readonly stack: TestStack;
  readonly directory: string;

  constructor(stack: TestStack) {
    this.stack = stack;
    this.directory = `/var/lib/slipway/${stack.name}`;
  }

  /** Edits the configuration. Keys as the CLI writes them; `undefined` takes a key away. */
  configure(values: Record<string, unknown>): void {
    const config = parseDocument(readFileSync(this.stack.configFile, "utf8"));
    for (const [key, value] of Object.entries(values)) {
      const path = ["config", ...`slipway:${key}`.split(".")];
      if (value === undefined) config.deleteIn(path);
      else config.setIn(path, config.createNode(value));
    }
    writeFileSync(this.stack.configFile, config.toString());
  }

  /** `pulumi up` of a release of its own with these settings; does not throw when it fails. */
  async deploy(settings: Record<string, unknown> = {}): Promise<Outcome> {
    this.configureRelease(settings);
    return this.up();
  }

  /** Settings that no release had before. */
  configureRelease(settings: Record<string, unknown> = {}): void {
    const values = { MARK: randomBytes(4).toString("hex"), ...settings };
    this.configure({ "services.web.settings": values });
  }

  /** `pulumi up` of what is configured. */
  async up(
    run: () => PromiseLike<{ exitCode?: number | undefined; all: string }> = () => this.start(),
  ): Promise<Outcome> {
    const before = this.journal().length;
    const begun = performance.now();
    const { exitCode, all } = await run();
    const seconds = (performance.now() - begun) / 1000;
    return { exitCode, all, seconds, events: this.journal().slice(before) };
  }

  /** The CLI itself. */
  start() {
    return this.stack.pulumi("up", "--yes", "--skip-preview");
  }

  /** Deploys a good release and returns its name. */
  async deployWell(settings: Record<string, unknown> = {}): Promise<string> {
    const { exitCode, all } = await this.deploy(settings);
    if (exitCode !== 0) throw new Error(all);
    return this.live();
  }

  /** What deploys and their like have noted; backups come beside them, whenever they end. */
  journal(): JournalEvent[] {
    let lines: string;
    try {
      lines = readFileSync(join(this.directory, "journal/log"), "utf8");
    } catch {
      return [];
    }
    return lines
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ event }) => !event.startsWith("backup"))
      .map((each) => ({ ...each, time: Date.parse(each.time) }));
  }

  /** The release that serves, by the marker. */
  live(): string {
    return readFileSync(join(this.directory, "live/release"), "utf8").trim();
  }

  /** Flags of `docker run` by which a container is taken for one of a release of this stack. */
  labels(role: string, release: string): string[] {
    const all = { stack: this.stack.name, role, release };
    return Object.entries(all).flatMap(([key, value]) => ["--label", `slipway.${key}=${value}`]);
  }

  /** The releases of this stack's running containers of services, each as often as it has one. */
  running(): Promise<string[]> {
    return this.containers("--filter", "status=running");
  }

  /** The same of all that there are. */
  async containers(...words: string[]): Promise<string[]> {
    const filters = [`label=slipway.stack=${this.stack.name}`, "label=slipway.role=service"];
    const out = await docker(
      ...["ps", "--all", ...filters.flatMap((each) => ["--filter", each]), ...words],
      ...["--format", '{{.Label "slipway.release"}}'],
    );
    return out.split("\n").filter(Boolean);
  }
}

/** Makes the stack without deploying it. What is deployed is quick to prove, and watched and drained for no time. */
export async function makeDeployments(change: (config: Document) => void = () => {}) {
  const image = await makeImage();
  const stack = await makeTinyStack(image, (config) => {
    const put = (key: string, value: unknown) =>
      config.setIn(["config", ...`slipway:${key}`.split(".")], config.createNode(value));
    put("secrets", { PLANTED: "planted-by-a-test" });
    put("services.web.stopSeconds", 1);
    put("deploy", { soakSeconds: 0, drainSeconds: 0 });
    change(config);
  });
  return new Deployments(stack);
}

/** The engine keeps it: it is made once. */
async function makeImage(): Promise<string> {
  const { python } = await resolveImages({ detail: () => {}, note: console.info });
  const container = await docker("create", python, "true");
  try {
    await docker("cp", join(import.meta.dirname, "app.py"), `${container}:/app.py`);
    const change = 'CMD ["python3", "-u", "/app.py"]';
    return await docker("commit", "--change", change, container, "slipway-test:deploy");
  } finally {
    await docker("rm", container);
  }
}
