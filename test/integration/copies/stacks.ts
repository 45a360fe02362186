import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { docker } from "../../throw-away.ts";
import { MigrationWorld } from "../migration/world.ts";
import { rules } from "./personal-data.ts";

const root = join(import.meta.dirname, "../../..");

/** Two environments on one host, of which the second may get copies of the first. */
export class CopiedStacks {
  readonly from = new MigrationWorld();
  readonly to = new MigrationWorld();
  readonly backend = mkdtempSync(join(tmpdir(), "slipway-state-"));
  readonly rules = `.slipway/${this.to.stack}-masking.yaml`;

  async make(): Promise<void> {
    mkdirSync(join(root, ".slipway"), { recursive: true });
    for (const world of [this.from, this.to]) {
      await world.make();
      world.write("journal/log", "");
    }
    this.write({});
  }

  /** Writes both stacks' files and the rules. */
  write({ refresh = { from: this.from.stack, rules: this.rules } as unknown, text = rules }): void {
    writeFileSync(join(root, this.rules), text);
    for (const world of [this.from, this.to]) {
      const { helper } = world.images;
      const config = {
        "slipway:images": { helper },
        "slipway:host": { directory: world.directory, socket: world.host.engine },
        "slipway:edge": { mode: "own", name: "edge", httpsPort: world.httpsPort },
        "slipway:services": { web: { port: 8000, hosts: ["app.test"] } },
        ...(world === this.to ? { "slipway:refresh": refresh } : {}),
      };
      writeFileSync(this.#file(world), stringify({ config }));
    }
  }

  #file({ stack }: MigrationWorld): string {
    return join(root, `Pulumi.${stack}.yaml`);
  }

  /** Runs one of scripts/ as `npm run` does, in a process group of its own; does not throw. */
  script(name: string, ...words: string[]) {
    return execa("node", [join(root, "scripts", name), ...words], {
      ...{ cwd: root, preferLocal: true, localDir: root, all: true, reject: false, detached: true },
      env: {
        PULUMI_BACKEND_URL: `file://${this.backend}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: "passphrase",
      },
    });
  }

  refresh(...words: string[]) {
    return this.script("refresh-from.ts", this.from.stack, "--stack", this.to.stack, ...words);
  }

  /** Names of the databases that the second environment has. */
  async databases(): Promise<string[]> {
    const names = await this.to.sql("SELECT datname FROM pg_database WHERE NOT datistemplate");
    return names.split("\n").filter((name) => name !== "postgres");
  }

  /** What is left of throw-away servers. */
  remains(): Promise<string> {
    const { stack } = this.from;
    return docker("ps", "--all", "--quiet", "--filter", `name=slipway-${stack}.masking`);
  }

  async remove(): Promise<void> {
    for (const world of [this.from, this.to]) {
      await world.remove();
      rmSync(this.#file(world), { force: true });
    }
    if (existsSync(join(root, this.rules))) rmSync(join(root, this.rules));
    rmSync(this.backend, { recursive: true });
  }
}
