import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { execa } from "execa";
import { type Document, parseDocument } from "yaml";
import { hostScript } from "../components/host-script.ts";
import { type Ssh, sshCommand } from "../components/ssh.ts";
import { keyFile, sshDirectory } from "../infra/ssh-key.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readConfiguration } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { NewStack } from "./new-stack.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { preparedHost, watchdogScript } from "./watchdog-script.ts";
import { localStack, root, stackFiles } from "./workspace.ts";

const command: Command = {
  usage: "npm run prepare-host -- --stack STACK [--check] [USER@]ADDRESS[:PORT]",
  about:
    "Makes a server ready for a stack: Docker, the deploy's login, SSH by keys, a firewall, updates. Says what it changed.",
  options: { check: { type: "boolean", about: "only say what is missing" } },
  words: 1,
};
const login = "deploy";

await runScript(async () => {
  const { stack, values, words } = readCommandLine(command);
  if (stack === localStack) {
    throw new Failure(`the stack that the server is for is missing; type: ${command.usage}`);
  }
  const { user, address, port } = readTarget(words[0]);
  if (!readConfiguration(stack)["slipway:host"]?.privateKey) {
    throw new Failure(
      `${stack} has no key for its host yet; make it first: npm run init-stack -- ${stack}`,
    );
  }
  const publicKey = await new NewStack(stack, await prepareToolchain()).publicKey();
  const { configFile } = stackFiles(stack);
  const config = parseDocument(readFileSync(configFile, "utf8"));
  const script = hostScript("prepare-host", preparedHost, {
    ...{ MODE: values.check ? "check" : "make", LOGIN: login, PUBLIC_KEYS: publicKey },
    WATCHDOG: watchdogScript(),
    PORTS: `${edgePort(config, "httpPort", 80)} ${edgePort(config, "httpsPort", 443)}`,
  });
  // The user's own client and trust: it may ask for a password, or whether this is the right server.
  const asRoot = (words: string[], input = "") =>
    execa(
      "ssh",
      [
        ...["-T", "-p", String(port), "-l", user, address, "--"],
        ...(user === "root" ? words : ["sudo", "-n", ...words]),
      ],
      { input, stdout: ["inherit", "pipe"], stderr: "inherit", reject: false },
    );
  const result = await asRoot(["bash", "-s", "--", "apply"], script);
  const hostKey = /^host key (.*)$/m.exec(result.stdout)?.[1];
  if (!hostKey) throw new Failure(`${address} is not ready; see what stands above`);
  if (values.check) {
    if (result.failed)
      throw new Failure(`${address} is not ready; type the command without --check`);
    return;
  }
  await requireLogin({ address, port, user: login, hostKey, keyFile: keyFile(stack) });
  if (/^changed +firewall/m.test(result.stdout))
    await asRoot(["systemctl", "stop", "slipway-undo.timer"]);
  for (const [key, value] of Object.entries({ address, user: login, port, hostKey })) {
    config.setIn(["config", "slipway:host", key], value);
  }
  writeFileSync(configFile, config.toString({ lineWidth: 0 }));
  console.log(
    `${address} is ready, and ${relative(root, configFile)} names it; go on with: npm run pulumi -- up --stack ${stack}`,
  );
});

function readTarget(word: string | undefined) {
  const parts =
    /^(?:([a-z_][a-z0-9_-]*)@)?(\[[0-9a-f:]+\]|[\w.][\w.-]*|[0-9a-f:]+)(?::(\d+))?$/.exec(
      word ?? "",
    );
  if (!parts) {
    throw new Failure(
      `the server is missing; type: ${command.usage.replace("STACK", "production")}`,
    );
  }
  const [, user = "root", address = "", port = "22"] = parts;
  return { user, address: address.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function edgePort(config: Document, key: string, otherwise: number): number {
  const port = config.getIn(["config", "slipway:edge", key]);
  return typeof port === "number" ? port : otherwise;
}

/** Over a connection of its own: nobody is locked out by what was changed. */
async function requireLogin(ssh: Ssh): Promise<void> {
  const [shell, ...words] = sshCommand(ssh);
  const { failed, stderr } = await execa(shell, [...words, "-c", "true"], {
    cwd: sshDirectory,
    reject: false,
  });
  if (failed) {
    throw new Failure(
      `${ssh.user} cannot log in on ${ssh.address} any more: ${stderr.trim()}; the firewall is gone again in two minutes`,
    );
  }
}
