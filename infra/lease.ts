import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { text } from "node:stream/consumers";
import * as pulumi from "@pulumi/pulumi";
import { addressToAsk, edgeDirectory } from "../components/edge-files.ts";
import { hostScript } from "../components/host-script.ts";
import { shellOf } from "../components/ssh.ts";
import { sshProblem } from "../components/ssh-problem.ts";
import { findDeployer } from "./deployer.ts";
import type { DescribedRelease } from "./described-release.ts";
import { hostOf } from "./environment.ts";
import { unprovenImages } from "./promotion.ts";
import type { ConfiguredImages } from "./release-description.ts";
import { hostNamesOf } from "./schema/rule.ts";
import type { Settings } from "./settings.ts";
import { sshDirectory } from "./ssh-key.ts";

const deployer = pulumi.runtime.isDryRun() ? undefined : findDeployer();

/** By this status the engine knows that it need not say more: `nodeJSProcessExitedAfterLoggingUserActionableMessage`. */
const saidWhy = 32;

/**
 * Takes the environment's lease on its host until this program ends, which it does however the deploy ends. For a
 * release that does not serve yet the host passes a preflight first. No resource could do either: what succeeded once
 * would not run again. A preview takes no lease.
 * Throws one line when another deploy has it or the preflight refuses; nothing was declared by then. When what holds it
 * dies, or the connection to it, the deploy ends: another one could be at work.
 */
export async function takeLease(
  settings: Settings,
  { id: release, images }: DescribedRelease,
  recorded: ConfiguredImages,
): Promise<void> {
  if (!deployer) return;
  const { by, commit } = await deployer;
  const { stack, edge, deploy } = settings;
  const host = hostOf(settings);
  const unproven = await unprovenImages(settings, images);
  const script = hostScript("hold-lease", host, {
    STACK: stack,
    RELEASE: release,
    DEPLOY: randomBytes(4).toString("hex"),
    BY: by,
    COMMIT: commit,
    IMAGES: pairs(images),
    RECORDED: pairs(recorded),
    EDGE: `slipway-${edge.name}`,
    EDGE_FILE: `${edgeDirectory(edge.name)}/dynamic/${stack}.yml`,
    EDGE_ADDRESS: addressToAsk(edge.address),
    EDGE_PORT: String(edge.httpsPort),
    SPARE_DISK: String(deploy.spareDiskMegabytes),
    SPARE_MEMORY: String(deploy.spareMemoryMegabytes),
    NOW: String(Math.floor(Date.now() / 1000)),
    NEEDS_NAMES: edge.certificates === "acme" ? hostNamesOf(settings).join("\n") : "",
    UNPROVEN: unproven.join("\n"),
    SOAK_HOURS: String(settings.promotion?.soakHours ?? ""),
    SILENT_SECONDS: host.ssh ? "60" : "",
  });
  // A session of its own: Ctrl-C is for the CLI, and the end of this program is what the holder waits for.
  const [shell, ...words] = shellOf(host.ssh);
  const holder = spawn(shell, [...words, "-s", "--", "apply"], {
    ...{ cwd: sshDirectory, detached: true, stdio: "pipe" },
  });
  holder.stdin.on("error", () => undefined).write(script);
  const complaint = text(holder.stderr);
  const said = readyOf(createInterface(holder.stdout));
  const ended = once(holder, "close").then(() => complaint);
  const answer = await Promise.race([said, ended]);
  if (answer !== "ready") {
    holder.stdin.end();
    const ofSsh = host.ssh && holder.exitCode === 255 && sshProblem(host.ssh, answer);
    throw new pulumi.RunError(ofSsh || answer.trim());
  }
  holder.once("close", async () => {
    await pulumi.log.error(
      `the lease of ${stack} on its host was lost in the middle of this deploy, by a connection that broke or a process that was killed; type: npm run recover -- --stack ${stack}, and deploy again`,
    );
    // An error that is thrown here would let all that is declared already go on.
    process.exit(saidWhy);
  });
  // Without a sign of life the host would hold on to the lease where its sshd does not ask for one itself.
  if (host.ssh) setInterval(() => holder.stdin.write("\n"), 10_000).unref();
  for (const each of [holder, holder.stdin, holder.stdout, holder.stderr]) {
    (each as unknown as { unref(): void }).unref();
  }
}

/** As the journal has them. */
function pairs(images: ConfiguredImages): string {
  return Object.entries(images)
    .map(([key, image]) => `${key}=${image}`)
    .join(" ");
}

/** Resolves with `ready`. What the host says beside that is no reason against the deploy, but to be known. */
function readyOf(lines: Interface): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  lines.on("line", (line) => (line === "ready" ? resolve(line) : void pulumi.log.warn(line)));
  return promise;
}
