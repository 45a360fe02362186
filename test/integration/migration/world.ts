import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { hostScript, runScript } from "../../../components/host-script.ts";
import { maintenancePage } from "../../../components/maintenance-page.ts";
import { startScripts } from "../../../infra/release-files.ts";
import { freePort } from "../../../scripts/free-port.ts";
import { buildApp } from "../../../scripts/images/build-app.ts";
import { type Images, resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, until } from "../../throw-away.ts";
import { startServers } from "./servers.ts";

const root = join(import.meta.dirname, "../../..");
const report = { detail: () => {}, note: console.info };
/** Words as the host's script reads them. */
export const encoded = (words: string[]) => words.map((word) => btoa(word)).join("\n");
const password = { owner: "owner-password-0123456789", app: "app-password-0123456789" };

/**
 * An environment on the host as a deploy leaves it, without the engine: Postgres with its roles, Redis, an edge, and a
 * release that serves. Its application is test/integration/migration/app in the image of the example.
 */
export class MigrationWorld {
  readonly stack = `test-${randomBytes(3).toString("hex")}`;
  readonly directory = mkdtempSync(join(tmpdir(), "slipway-host-"));
  readonly live = "0000aaaa";
  readonly next = "1111bbbb";
  readonly database = "app";
  readonly passwords = password;
  images = {} as Images;
  /** The image of the whole example. */
  erp = "";
  image = "";
  httpsPort = 0;
  readonly label = ["--label", `slipway.stack=${this.stack}`];

  get host() {
    const engine = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
    return { engine, directory: this.directory, helperImage: this.images.helper };
  }

  named(part: string): string {
    return `slipway-${this.stack}-${part}`;
  }

  file(...path: string[]): string {
    return join(this.directory, this.stack, ...path);
  }

  async make(): Promise<void> {
    this.images = await resolveImages(report);
    this.erp = await buildApp(join(root, "examples/erp"), this.images.python, report);
    this.image = await this.#makeImage();
    this.httpsPort = await freePort();
    for (const network of ["data", "edge"]) {
      await docker("network", "create", ...this.label, this.named(network));
    }
    this.write("live/release", this.live);
    mkdirSync(this.file("journal"));
    this.write("journal/log", "");
    mkdirSync(this.file("backups"));
    for (const release of [this.live, this.next]) this.#writeRelease(release);
    await startServers(this);
  }

  /** Writes a file of the environment. */
  write(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.file(path)), { recursive: true });
    writeFileSync(this.file(path), content, { mode });
  }

  #writeRelease(release: string): void {
    const at = `releases/${release}`;
    for (const [name, content] of Object.entries(startScripts))
      this.write(`${at}/bin/${name}`, content);
    mkdirSync(this.file(at, "bin/migrated"));
    const url = (login: "app" | "owner") =>
      `postgresql://${login}_g1:${password[login]}@postgres:5432/${this.database}`;
    for (const [consumer, login] of [
      ["web", "app"],
      ["migration", "owner"],
    ] as const) {
      this.write(`${at}/secrets/${consumer}/DATABASE_URL`, url(login));
      this.write(`${at}/secrets/${consumer}/REDIS_URL`, "redis://app:redis-password@redis:6379/0");
    }
    if (release === this.live) this.write(`${at}/bin/migrated/done`, "");
    this.describe(["service web 8000 1 /", "smoke web app.test /name"]);
  }

  /** What the release that serves says of itself; nothing, as an older Slipway left it. */
  describe(lines?: string[]): void {
    const path = `releases/${this.live}/description`;
    if (lines) this.write(path, lines.map((line) => `${line}\n`).join(""));
    else rmSync(this.file(path));
  }

  async #makeImage(): Promise<string> {
    const container = await docker("create", this.erp);
    await docker("cp", `${join(root, "test/integration/migration/app")}/.`, `${container}:/app`);
    const healthcheck = `HEALTHCHECK CMD ["/bin/sh", "/run/slipway/bin/probe.sh", "http", "8000", "/"]`;
    const tag = `slipway-test:${this.stack}`;
    const id = await docker("commit", "--change", healthcheck, container, tag);
    await docker("rm", container);
    return id;
  }

  /** Starts the service of the release that serves, and returns its container. */
  async serve(): Promise<string> {
    const at = this.file("releases", this.live);
    const name = this.named(`web-${this.live}`);
    await docker("rm", "--force", name);
    await docker(
      ...["run", "--detach", "--name", name, ...this.label, "--label", "slipway.role=service"],
      ...["--label", "slipway.name=web", "--label", `slipway.release=${this.live}`, "--init"],
      ...["--network", this.named("data"), "--network-alias", `web-${this.live}-1`],
      ...[
        "--volume",
        `${at}/bin:/run/slipway/bin:ro`,
        "--volume",
        `${at}/secrets/web:/run/secrets:ro`,
      ],
      ...["--volume", `${this.named("uploads")}:/var/lib/erp/uploads`, "--user", "10001:10001"],
      ...["--env", "SLIPWAY_SECRETS_AS=files", "--env", `SLIPWAY_RELEASE=${this.live}`],
      ...["--env", 'GREETING=two\nlines, "quotes" and \\ backslashes', "--memory", "128m"],
      ...["--entrypoint", "/bin/sh", this.image],
      ...["/run/slipway/bin/start.sh", "service", "python3", "/app/service.py"],
    );
    await docker("network", "connect", "--alias", `web-${this.live}-1`, this.named("edge"), name);
    const probe = ["exec", name, "sh", "/run/slipway/bin/probe.sh", "ready", "8000", "/"];
    await until(async () =>
      (await execa("docker", probe, { reject: false })).failed ? undefined : true,
    );
    return name;
  }

  /** Runs a host script, or what `change` makes of its text; does not throw. */
  run(
    script: string,
    call: "apply" | "remove",
    variables: Record<string, string>,
    { change = (text: string) => text, seconds = 120 } = {},
  ) {
    const input = change(hostScript(script, this.host, { STACK: this.stack, ...variables }));
    return execa("sh", ["-c", runScript(call, seconds)], { input, reject: false, detached: true });
  }

  /** The variables of a migration to these statements. */
  migration(statements: string[], changes: Record<string, string> = {}): Record<string, string> {
    const page = { hosts: ["app.test", "not-yet.test"], edge: "edge", address: "127.0.0.1" };
    return {
      ...{ RELEASE: this.next, IMAGE: this.image, RUN_AS: "10001:10001", SECRETS_AS: "files" },
      ...{ DIRECTORY: `${this.stack}/releases/${this.next}`, MEMORY: "256m", TIMEOUT: "60" },
      ...{ DATA_NETWORK: this.named("data"), EDGE_NETWORK: this.named("edge") },
      COMMAND: encoded(["python3", "/app/migrate.py"]),
      PENDING: encoded(["python3", "/app/migrate.py", "pending"]),
      SETTINGS: encoded([`MIGRATIONS=${JSON.stringify(statements)}`]),
      ...{ DATABASE: this.database, REDIS: "own", ARCHIVES: "yes", DOWNTIME: "none" },
      ...{ READY_SECONDS: "20", HEADS: "" },
      ...maintenancePage({ ...page, stack: this.stack, httpsPort: this.httpsPort }),
      ...changes,
    };
  }

  /** The variables of the question where an image's migrations end. */
  heads(command: string[]): Record<string, string> {
    return {
      ...{ IMAGE: this.erp, RUN_AS: "10001:10001", MEMORY: "256m", COMMAND: encoded(command) },
    };
  }

  migrate(
    statements: string[],
    changes?: Record<string, string>,
    options?: Parameters<typeof this.run>[3],
  ) {
    rmSync(this.file("releases", this.next, "bin/migrated/done"), { force: true });
    return this.run("run-migration", "apply", this.migration(statements, changes), options);
  }

  /** Whether the new release's containers may start. */
  isMarked(): boolean {
    return existsSync(this.file("releases", this.next, "bin/migrated/done"));
  }

  async sql(statement: string): Promise<string> {
    const words = [
      "--username=postgres",
      `--dbname=${this.database}`,
      "--tuples-only",
      "--no-align",
    ];
    return docker(
      "exec",
      this.named("postgres"),
      "psql",
      ...words,
      "--set=ON_ERROR_STOP=1",
      "--quiet",
      "--command",
      statement,
    );
  }

  /** An empty database, without a word of a restore point. */
  async reset(): Promise<void> {
    await this.sql(
      "DROP TABLE IF EXISTS items, version, parts, orders, invoices, ticks, alembic_version CASCADE",
    );
    this.write("journal/log", "");
  }

  /** Names of the restore points that were proved. */
  restorePoints(): string[] {
    const line = /"event":"restore-point","release":"[^"]*","point":"([^"]*)"/g;
    return [...this.read("journal/log").matchAll(line)].map(([, name = ""]) => name);
  }

  read(...path: string[]): string {
    return readFileSync(this.file(...path), "utf8").trim();
  }

  /** The status that the edge answers with, and whether that is the page for maintenance. */
  async ask(): Promise<string> {
    const at = ["--resolve", `app.test:${this.httpsPort}:127.0.0.1`];
    const head = ["--silent", "--insecure", "--dump-header", "-", "--output", "/dev/null"];
    const { stdout } = await execa("curl", [...head, ...at, `https://app.test:${this.httpsPort}/`]);
    const isPage = /^x-slipway-maintenance:/im.test(stdout);
    return `${stdout.split(" ")[1]}${isPage ? " page" : ""}`;
  }

  /** Whether a container runs. */
  async runs(container: string): Promise<boolean> {
    const words = ["ps", "--quiet", "--filter", `name=^${container}$`];
    return (await docker(...words)) !== "";
  }

  /** Everything of a rehearsal that there is. */
  async remains(): Promise<string[]> {
    const label = [
      "--filter",
      `label=slipway.stack=${this.stack}`,
      "--filter",
      "label=slipway.role=rehearsal",
    ];
    const kinds = [
      ["ps", "--all", "--quiet"],
      ["network", "ls", "--quiet"],
      ["volume", "ls", "--quiet"],
    ];
    const found = await Promise.all(kinds.map((words) => docker(...words, ...label)));
    return found.flatMap((lines) => lines.split("\n").filter(Boolean));
  }

  async remove(): Promise<void> {
    const stack = `label=slipway.stack=${this.stack}`;
    const list = async (...words: string[]) =>
      (await docker(...words, "--quiet", "--filter", stack)).split("\n").filter(Boolean);
    const containers = await list("ps", "--all");
    if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
    for (const network of await list("network", "ls")) await docker("network", "rm", network);
    const volumes = ["postgres", "backups", "redis", "uploads"].map((name) => this.named(name));
    for (const copy of ["rehearsal", "copy"]) volumes.push(`slipway-${this.stack}.${copy}`);
    await docker("volume", "rm", "--force", ...volumes);
    if (this.image) await docker("image", "rm", "--force", this.image);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
