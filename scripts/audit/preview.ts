import { execa } from "execa";
import { sshProblem } from "../../components/ssh-problem.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root, stackEnvironment } from "../workspace.ts";
import { type EngineEvent, type EngineStep, engineSteps } from "./engine-steps.ts";

/**
 * What the engine would do: it compares the state with the world, and then the program with both. Changes nothing, and
 * waits for no lock.
 */
export async function preview(
  { stack, ssh }: Pick<DeployedEnvironment, "stack" | "ssh">,
  toolchain: Toolchain,
): Promise<EngineStep[]> {
  const words = ["preview", "--refresh", "--run-program", "--json", "--non-interactive"];
  const { failed, stdout, stderr } = await execa("pulumi", [...words, "--color", "never"], {
    cwd: root,
    env: {
      ...stackEnvironment(stack, toolchain),
      // Without it the engine tells at the end, and nothing of what a refresh found in most resources.
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    },
    reject: false,
  });
  const events = stdout.split("\n").flatMap(parse);
  if (!failed) return engineSteps(events);
  const complaints = events.flatMap(({ diagnosticEvent: said }) =>
    said?.severity === "error" ? said.message.trim() : [],
  );
  const text = [...complaints, stderr.trim()].join("\n");
  const [first = "it says nothing"] = text.split("\n").filter(Boolean);
  const ofSsh = ssh && sshProblem(ssh, text);
  throw new Failure(
    ofSsh ??
      `no preview of ${stack} can be made: ${first.replace(/^error: /, "")}; all that it says, shows: npm run pulumi -- preview --refresh --stack ${stack}`,
  );
}

/** Something else may stand between the events. */
function parse(line: string): EngineEvent[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
