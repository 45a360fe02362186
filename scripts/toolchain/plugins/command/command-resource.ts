import { randomBytes } from "node:crypto";
import type { CheckedInputs } from "../provider/check-inputs.ts";
import type { Operation } from "../provider/operation.ts";
import type { Resource } from "../provider/provider.ts";
import type { PropertyMap } from "../provider/values.ts";

/** What a command wrote, without the last line break. */
export interface CommandOutput extends PropertyMap {
  stdout: string;
  stderr: string;
}

/**
 * Runs one command to its end.
 * @param properties the resource's inputs, or its state when it is deleted.
 * @param previous what the command before this one wrote.
 * @throws with the command and all that it wrote, when it does not end with status 0.
 */
export type RunCommand = (
  command: string,
  properties: PropertyMap,
  previous: Partial<CommandOutput>,
  operation: Operation,
) => Promise<CommandOutput>;

/** A resource that is nothing but its commands: one for its creation, one for each change, one for its end. */
export function commandResource(run: RunCommand): Resource {
  return {
    check: refuseFiles,
    async create(inputs, operation) {
      const command = inputs.create as string | undefined;
      const outputs = command === undefined ? noOutput : await run(command, inputs, {}, operation);
      return { id: operation.name + randomBytes(4).toString("hex"), outputs };
    },
    async update(inputs, state, operation) {
      const command = (inputs.update ?? inputs.create) as string | undefined;
      const previous = previousOutput(state);
      return command === undefined ? previous : run(command, inputs, previous, operation);
    },
    async delete(state, operation) {
      const command = state.delete as string | undefined;
      if (command !== undefined) await run(command, state, previousOutput(state), operation);
    },
  };
}

function refuseFiles(checked: CheckedInputs): CheckedInputs {
  for (const property of ["assetPaths", "archivePaths"]) {
    if (!(property in checked.inputs)) continue;
    const reason = "This plugin collects no files; print what you need on stdout instead";
    checked.failures.push({ property, reason });
  }
  return checked;
}

const noOutput: CommandOutput = { stdout: "", stderr: "" };

function previousOutput(state: PropertyMap): CommandOutput {
  return {
    stdout: (state.stdout as string | undefined) ?? "",
    stderr: (state.stderr as string | undefined) ?? "",
  };
}
