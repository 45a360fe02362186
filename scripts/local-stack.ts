import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { parse, parseDocument } from "yaml";
import { Failure } from "./failure.ts";
import { type Images, writeImages } from "./images/pin-images.ts";
import { covers, issueCertificate } from "./local-certificate.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { localStack, localTemplate, root, stackEnvironment, stackFiles } from "./workspace.ts";

const files = stackFiles(localStack);

/** Makes the local stack on first use: passphrase file (0600), state folder and configuration. Nothing is overwritten. */
export async function makeLocalStack(toolchain: Toolchain): Promise<"made" | "kept"> {
  mkdirSync(files.stateDirectory, { recursive: true, mode: 0o700 });
  const isNew = !existsSync(files.configFile);
  if (isNew && !existsSync(files.passphraseFile)) {
    writeFileSync(files.passphraseFile, `${randomBytes(24).toString("base64url")}\n`, {
      mode: 0o600,
      flag: "wx",
    });
  }
  if (!existsSync(files.passphraseFile)) {
    throw new Failure(
      `the local stack's passphrase file ${files.passphraseFile} is gone; put it back, or start anew with: npm run quickstart:down -- --forget`,
    );
  }
  if (!isNew) return "kept";
  const pulumi = pulumiFor(toolchain);
  const { stdout } = await pulumi(["stack", "ls", "--json"]);
  const known = (JSON.parse(stdout) as { name: string }[]).some(({ name }) => name === localStack);
  if (!known) await pulumi(["stack", "init", localStack]);
  // `stack init` writes the key's salt beside Pulumi.yaml and knows no other place.
  const written = join(root, `Pulumi.${localStack}.yaml`);
  const draft = join(files.directory, "draft.yaml");
  copyFileSync(localTemplate, draft);
  if (existsSync(written)) {
    const config = parseDocument(readFileSync(draft, "utf8"));
    config.set("encryptionsalt", parse(readFileSync(written, "utf8")).encryptionsalt);
    writeFileSync(draft, config.toString());
  }
  const engine = process.env.DOCKER_HOST;
  const secret = () => randomBytes(32).toString("base64url");
  await pulumi([
    ...["config", "set-all", "--stack", localStack, "--path", "--config-file", draft],
    ...(engine?.startsWith("unix://") ? ["--plaintext", `slipway:host.socket=${engine}`] : []),
    ...["--secret", `slipway:releaseKey=${secret()}`],
    ...["--secret", `slipway:secrets.JWT_SECRET_KEY=${secret()}`],
  ]);
  renameSync(draft, files.configFile);
  rmSync(written, { force: true });
  return "made";
}

/** Brings the local stack's images and certificate up to date; the rest of its configuration is the user's own. */
export async function configureLocalStack(
  toolchain: Toolchain,
  images: Images,
  app: string,
): Promise<void> {
  const { python: _, ...servers } = images;
  writeImages(files.configFile, servers);
  const document = parseDocument(readFileSync(files.configFile, "utf8"));
  document.setIn(["config", "slipway:app", "image"], app);
  writeFileSync(files.configFile, document.toString());
  await renewCertificate(toolchain);
}

async function renewCertificate(toolchain: Toolchain): Promise<void> {
  const config = parse(readFileSync(files.configFile, "utf8")).config;
  const services = Object.values(config["slipway:services"] ?? {}) as {
    hosts?: string[];
    redirects?: object;
  }[];
  const own = services.flatMap(({ hosts = [], redirects = {} }) => [
    ...hosts,
    ...Object.keys(redirects),
  ]);
  const names = [...new Set(["localhost", "127.0.0.1", ...own])];
  const present = config["slipway:tls"]?.certificate;
  if (present && covers(present, names)) return;
  const { certificate, key } = await issueCertificate(names, {
    certificateFile: files.authorityFile,
    keyFile: files.authorityKeyFile,
  });
  await pulumiFor(toolchain)([
    ...["config", "set-all", "--stack", localStack, "--path", "--config-file", files.configFile],
    ...["--plaintext", `slipway:tls.certificate=${certificate}`],
    ...["--secret", `slipway:tls.key=${key}`],
  ]);
  chmodSync(files.configFile, 0o600);
}

/** Runs the CLI for the local stack and waits; a failure carries what the CLI printed. */
export function pulumiFor(toolchain: Toolchain) {
  const run = execa({
    cwd: root,
    // `stack init` takes the stack as a word, `config` the file as an option: neither may come twice.
    env: {
      ...stackEnvironment(localStack, toolchain),
      PULUMI_OPTION_CONFIG_FILE: undefined,
      PULUMI_OPTION_STACK: undefined,
    },
  });
  return async (words: string[]) => {
    const result = await run("pulumi", [...words, "--non-interactive"], { reject: false });
    if (result.failed)
      throw new Failure(`pulumi ${words.slice(0, 2).join(" ")} failed: ${result.stderr.trim()}`);
    return { stdout: result.stdout };
  };
}
