import type { PropertyMap } from "../provider/values.ts";
import type { CommandOutput } from "./command-resource.ts";

/** The variables that the program asks for. */
export function givenEnvironment(properties: PropertyMap): Record<string, string> {
  return (properties.environment as Record<string, string> | undefined) ?? {};
}

/** The variables that tell a command what the one before it wrote, unless the program says no to them. */
export function previousOutputEnvironment(
  properties: PropertyMap,
  previous: Partial<CommandOutput>,
): Record<string, string> {
  if (properties.addPreviousOutputInEnv === false) return {};
  return {
    ...(previous.stdout ? { PULUMI_COMMAND_STDOUT: previous.stdout } : {}),
    ...(previous.stderr ? { PULUMI_COMMAND_STDERR: previous.stderr } : {}),
  };
}
