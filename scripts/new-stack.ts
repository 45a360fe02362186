import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { execa } from "execa";
import ssh2 from "ssh2";
import { parseDocument } from "yaml";
import { keyFile, putKeyFile, sshDirectory } from "../infra/ssh-key.ts";
import { Failure } from "./failure.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { unknownBackEnd } from "./unknown-back-end.ts";
import { root, stackEnvironment, stackFiles } from "./workspace.ts";

/** What a stack of another name is modelled on: it shares a host, and asks for little of it. */
const model = "staging";

export interface Part {
  what: string;
  isNew: boolean;
}

/** A stack that is being made. Each part may be asked for again, and is then found. */
export class NewStack {
  readonly file: string;
  readonly #name: string;
  readonly #configFile: string;
  readonly #passphraseFile: string;
  readonly #environment: Record<string, string | undefined>;
  /** Whether there is one already, in its file or by the shell. */
  readonly #hasPassphrase: boolean;

  constructor(name: string, toolchain: Toolchain) {
    const { configFile, passphraseFile } = stackFiles(name);
    this.#name = name;
    this.#configFile = configFile;
    this.file = relative(root, configFile);
    this.#passphraseFile = passphraseFile;
    this.#environment = stackEnvironment(name, toolchain);
    this.#hasPassphrase =
      process.env.PULUMI_CONFIG_PASSPHRASE !== undefined ||
      this.#environment.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    if (!this.#hasPassphrase) this.#environment.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile;
  }

  /** A file that only this user reads, unless the shell names a passphrase. */
  passphrase(): Part {
    const file = relative(root, this.#passphraseFile);
    if (existsSync(this.#passphraseFile)) return { what: file, isNew: false };
    if (this.#hasPassphrase) return { what: "the passphrase of this shell", isNew: false };
    if (existsSync(this.#configFile) && this.#read().has("encryptionsalt")) {
      throw new Failure(
        `${this.file} was made with a passphrase that is not here; put it into ${file}`,
      );
    }
    mkdirSync(dirname(this.#passphraseFile), { recursive: true, mode: 0o700 });
    const text = `${randomBytes(24).toString("base64url")}\n`;
    writeFileSync(this.#passphraseFile, text, { mode: 0o600, flag: "wx" });
    return { what: `${file}, which opens the stack's secrets: keep a copy elsewhere`, isNew: true };
  }

  configuration(): Part {
    if (existsSync(this.#configFile)) return { what: this.file, isNew: false };
    const text = readFileSync(join(root, `Pulumi.${model}.yaml`), "utf8");
    const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    const config = parseDocument(
      text.replaceAll(model, this.#name).replaceAll(title(model), title(this.#name)),
    );
    config.delete("encryptionsalt");
    writeFileSync(this.#configFile, config.toString({ lineWidth: 0 }));
    return { what: this.file, isNew: true };
  }

  async state(): Promise<Part> {
    const what = "the state, where you are logged in";
    const { stdout } = await this.#pulumi(["stack", "ls", "--json"]);
    const stacks = JSON.parse(stdout) as { name: string }[];
    if (stacks.some(({ name }) => name.split("/").at(-1) === this.#name)) {
      return { what, isNew: false };
    }
    await this.#pulumi(["stack", "init", this.#name]);
    return { what, isNew: true };
  }

  /** Names releases without telling their secrets. */
  async releaseKey(): Promise<Part> {
    const what = "slipway:releaseKey";
    if (this.#read().hasIn(["config", what])) return { what, isNew: false };
    await this.#setSecret(what, randomBytes(32).toString("base64url"));
    return { what, isNew: true };
  }

  /** By which this stack's deploys log in on their host. */
  async keyPair(): Promise<Part> {
    const what = "slipway:host.privateKey";
    if (this.#read().hasIn(["config", "slipway:host", "privateKey"])) return { what, isNew: false };
    const { private: text } = ssh2.utils.generateKeyPairSync("ed25519");
    await this.#setSecret(what, text);
    putKeyFile(this.#name, text);
    return { what, isNew: true };
  }

  /** As `authorized_keys` takes it. */
  async publicKey(): Promise<string> {
    const file = join(sshDirectory, keyFile(this.#name));
    if (!existsSync(file)) {
      const words = ["config", "get", "--path", "slipway:host.privateKey"];
      putKeyFile(this.#name, (await this.#pulumi(words)).stdout);
    }
    const key = ssh2.utils.parseKey(readFileSync(file));
    if (key instanceof Error) throw new Failure(`host.privateKey of ${this.#name}: ${key.message}`);
    const [first = key] = [key].flat();
    return `${first.type} ${first.getPublicSSH().toString("base64")} slipway-${this.#name}`;
  }

  #read() {
    return parseDocument(readFileSync(this.#configFile, "utf8"));
  }

  /** By standard input: other users see a command's words. */
  #setSecret(key: string, value: string) {
    return this.#pulumi(["config", "set", "--secret", "--path", key], value);
  }

  async #pulumi(words: string[], input = "") {
    const env = { ...this.#environment };
    // The CLI refuses a stack by word and another by option beside it.
    if (words[0] === "stack") env.PULUMI_OPTION_STACK = undefined;
    const result = await execa("pulumi", [...words, "--non-interactive"], {
      ...{ cwd: root, env, input, reject: false },
    });
    if (!result.failed) return result;
    const nowhere = unknownBackEnd(result.stderr, this.#name);
    if (nowhere) throw new Failure(nowhere);
    throw new Failure(`pulumi ${words.slice(0, 2).join(" ")} failed: ${result.stderr.trim()}`);
  }
}
