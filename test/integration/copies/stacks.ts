import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { putKeyFile } from "../../../infra/ssh-key.ts";
import { type SshServer, startSshServer } from "../../plugins/ssh-server.ts";
import { docker } from "../../throw-away.ts";
import { stanza } from "../backups/database-stack.ts";
import { MigrationWorld } from "../migration/world.ts";
import { rules } from "./personal-data.ts";

const root = join(import.meta.dirname, "../../..");

/** Two environments, of which the second may get copies of the first, and is reached by SSH. */
export class CopiedStacks {
  readonly from = new MigrationWorld();
  readonly to = new MigrationWorld();
  readonly backend = mkdtempSync(join(tmpdir(), "slipway-state-"));
  readonly rules = `.slipway/${this.to.stack}-masking.yaml`;

  #ssh: SshServer | undefined;

  async make(): Promise<void> {
    mkdirSync(join(root, ".slipway"), { recursive: true });
    for (const world of [this.from, this.to]) {
      await world.make();
      world.write("journal/log", "");
    }
    this.#ssh = await startSshServer([]);
    putKeyFile(this.to.stack, this.#ssh.privateKey);
    this.write({});
  }

  /** Writes both stacks' files and the rules; `source` are further settings of the first. */
  write({
    refresh = { from: this.from.stack, rules: this.rules } as unknown,
    text = rules,
    source = {},
  }): void {
    writeFileSync(join(root, this.rules), text);
    for (const world of [this.from, this.to]) {
      const { helper } = world.images;
      const config = {
        "slipway:images": { helper },
        "slipway:host": {
          ...{ directory: world.directory, socket: world.host.engine },
          ...(world === this.to ? this.#login() : {}),
        },
        "slipway:edge": { mode: "own", name: "edge", httpsPort: world.httpsPort },
        "slipway:services": { web: { port: 8000, hosts: ["app.test"] } },
        ...(world === this.to ? { "slipway:refresh": refresh } : source),
      };
      writeFileSync(this.#file(world), stringify({ config }));
    }
  }

  /** Makes a backup of the first, which all copies begin with. */
  async backUp(): Promise<void> {
    const script = `pgbackrest ${stanza} --no-online stanza-create; pgbackrest ${stanza} --type=full backup`;
    await docker("exec", this.from.named("postgres"), "sh", "-euc", script);
  }

  #login() {
    const { host: address, port, user, hostKeys } = this.#ssh as SshServer;
    return {
      address,
      port,
      user,
      hostKey: hostKeys.ed25519,
      privateKey: { secure: "in the file" },
    };
  }

  /** Has the engine know a stack of which it has run these scripts, by their names. */
  async deployed(...names: string[]): Promise<void> {
    const { stack } = this.to;
    const urn = (type: string, name: string) => `urn:pulumi:${stack}::slipway::${type}::${name}`;
    const provider = urn("pulumi:providers:command", "default");
    const script = { create: "true" };
    const resources = [
      { urn: provider, type: "pulumi:providers:command", custom: true, id: "one" },
      ...names.map((name) => ({
        ...{ urn: urn("command:local:Command", name), type: "command:local:Command", custom: true },
        ...{ id: name, inputs: script, outputs: script, provider: `${provider}::one` },
      })),
    ];
    const manifest = { time: "2025-01-01T00:00:00Z", magic: "", version: "" };
    const state = join(this.backend, "state.json");
    writeFileSync(state, JSON.stringify({ version: 3, deployment: { manifest, resources } }));
    for (const words of [
      ["init", stack],
      ["import", "--stack", stack, "--file", state],
    ]) {
      const { failed, all } = await this.script("run-pulumi.ts", "stack", ...words);
      if (failed) throw new Error(all);
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
    await this.#ssh?.stop();
    rmSync(join(root, this.rules), { force: true });
    rmSync(join(root, ".slipway", this.to.stack), { recursive: true, force: true });
    rmSync(this.backend, { recursive: true });
  }
}
