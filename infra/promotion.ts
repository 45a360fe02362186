import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { shellOf } from "../components/ssh.ts";
import { sshProblem } from "../components/ssh-problem.ts";
import type { ConfiguredImages } from "./release-description.ts";
import { host as hostShape } from "./schema/platform.ts";
import { sshOf } from "./schema/ssh.ts";
import type { Settings } from "./settings.ts";
import { keyFile, sshDirectory } from "./ssh-key.ts";

/** How long the host of another stack may take to tell its journal. */
const patienceSeconds = 30;

/**
 * The images that have not run in the stack which `promotion.from` names, healthy and for `promotion.soakHours`: a line
 * each, "REFERENCE WHY". What this environment itself ran before is taken nevertheless, by the preflight on its host.
 * The evidence is that stack's journal, on the host that its file names, read by this stack's own key. That it cannot be
 * read is a reason, too: going back does not wait for another host.
 */
export async function unprovenImages(
  { stack, promotion, host }: Settings,
  images: ConfiguredImages,
): Promise<string[]> {
  if (!promotion || pulumi.runtime.isDryRun()) return [];
  const { from, soakHours } = promotion;
  if (from === stack) {
    throw new pulumi.RunError(
      `slipway:promotion.from is ${stack} itself, which proves nothing; type: npm run pulumi -- --stack ${stack} config set --path slipway:promotion.from staging`,
    );
  }
  const [{ parseJournal }, { soakedHours }, { parse }] = await Promise.all([
    import("./history/journal.ts"),
    import("./history/soak.ts"),
    import("yaml"),
  ]);
  const file = new URL(`../Pulumi.${from}.yaml`, import.meta.url);
  if (!existsSync(file)) {
    throw new pulumi.RunError(
      `slipway:promotion.from is ${from}, and there is no Pulumi.${from}.yaml; name a stack that there is: npm run pulumi -- --stack ${stack} config set --path slipway:promotion.from staging`,
    );
  }
  const { privateKey: _, ...place } =
    parse(readFileSync(file, "utf8"))?.config?.["slipway:host"] ?? {};
  const other = hostShape.parse(place);
  const ssh = sshOf(other, host.privateKey && keyFile(stack));
  const path = `${other.directory}/${from}/journal/log`;
  const [shell, ...words] = shellOf(ssh);
  const asked = promisify(execFile)(shell, [...words, "-s"], {
    ...{ cwd: sshDirectory, timeout: patienceSeconds * 1000, maxBuffer: 2 ** 28 },
  });
  asked.child.stdin?.on("error", () => undefined).end(`cat '${path}'; exit\n`);
  try {
    const events = parseJournal((await asked).stdout);
    return Object.entries(images).flatMap(([key, image]) => {
      const hours = soakedHours(events, image, new Date());
      if (hours !== undefined && hours >= soakHours) return [];
      const ran = hours === undefined ? "never ran" : `ran healthy for ${hours.toFixed(1)} hours`;
      return [`${image} ${key} ${ran} in ${from}`];
    });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    const why = (ssh && sshProblem(ssh, said)) || said.split("\n").at(-1);
    return Object.entries(images).map(
      ([key, image]) => `${image} ${key}: the journal of ${from} cannot be read (${why})`,
    );
  }
}
