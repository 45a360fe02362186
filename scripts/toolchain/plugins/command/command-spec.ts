import type { EnumSpec, PackageSpec, PropertySpec } from "../provider/package-spec.ts";
import { connectionTypes } from "./connection-spec.ts";

const text = (description: string): PropertySpec => ({ type: "string", description });
const texts = (description: string): PropertySpec => ({
  type: "array",
  items: { type: "string" },
  description,
});

const logging: EnumSpec = {
  type: "string",
  enum: [
    { value: "stdout", description: "Show stdout only." },
    { value: "stderr", description: "Show stderr only." },
    { value: "stdoutAndStderr", description: "Show both." },
    { value: "none", description: "Show nothing." },
  ],
};

const lifecycleInputs: Record<string, PropertySpec> = {
  create: text("Runs when the resource is created, and when it changes if there is no `update`."),
  delete: text("Runs when the resource is deleted, with what the state holds."),
  triggers: {
    type: "array",
    items: { $ref: "pulumi.json#/Any" },
    replaceOnChanges: true,
    description: "Any change here replaces the resource.",
  },
  update: text("Runs when an input other than `triggers` changes. Defaults to `create`."),
};

const commonInputs: Record<string, PropertySpec> = {
  addPreviousOutputInEnv: {
    type: "boolean",
    description:
      "Give the previous output to the command as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR. Defaults to true.",
  },
  environment: {
    type: "object",
    additionalProperties: { type: "string" },
    description: "Environment variables of the command, over those of the caller.",
  },
  stdin: text("Standard input of the command. Defaults to none."),
};

const localInputs: Record<string, PropertySpec> = {
  ...commonInputs,
  archivePaths: texts("Not served by this plugin."),
  assetPaths: texts("Not served by this plugin."),
  dir: text("Working directory. Defaults to that of the program."),
  interpreter: texts('Program and arguments that run the command. Defaults to ["/bin/sh", "-c"].'),
  logging: {
    $ref: "#/types/command:local:Logging",
    description: "What to show while it runs. Defaults to stdoutAndStderr.",
  },
};

const remoteInputs: Record<string, PropertySpec> = {
  ...commonInputs,
  connection: {
    $ref: "#/types/command:remote:Connection",
    secret: true,
    description: "How to reach the host.",
  },
  logging: {
    $ref: "#/types/command:remote:Logging",
    description: "What to show while it runs. Defaults to stdoutAndStderr.",
  },
};

const commonOutputs: Record<string, PropertySpec> = {
  stderr: text("Standard error of the last command, without the last line break."),
  stdout: text("Standard output of the last command, without the last line break."),
};

const localOutputs: Record<string, PropertySpec> = {
  ...commonOutputs,
  archive: { $ref: "pulumi.json#/Archive", description: "Not served by this plugin." },
  assets: {
    type: "object",
    additionalProperties: { $ref: "pulumi.json#/Asset" },
    description: "Not served by this plugin.",
  },
};

/** The part of the schema of @pulumi/command that this plugin serves. */
export const commandSpec: PackageSpec = {
  name: "command",
  version: "1.2.1",
  description: "Commands and scripts as resources, on this machine or over SSH.",
  types: {
    "command:local:Logging": logging,
    "command:remote:Logging": logging,
    ...connectionTypes,
  },
  resources: {
    "command:local:Command": {
      description: "A command on this machine.",
      inputProperties: { ...lifecycleInputs, ...localInputs },
      properties: { ...lifecycleInputs, ...localInputs, ...localOutputs },
      required: ["stdout", "stderr"],
    },
    "command:remote:Command": {
      description: "A command on another host, over SSH.",
      inputProperties: { ...lifecycleInputs, ...remoteInputs },
      requiredInputs: ["connection"],
      properties: { ...lifecycleInputs, ...remoteInputs, ...commonOutputs },
      required: ["connection", "stdout", "stderr"],
    },
  },
  functions: {
    "command:local:run": {
      description: "Runs a command on this machine each time the program runs, in a preview too.",
      inputs: {
        type: "object",
        properties: { ...localInputs, command: text("The command.") },
        required: ["command"],
      },
      outputs: {
        type: "object",
        properties: { ...localInputs, command: text("The command."), ...localOutputs },
        required: ["command", "stdout", "stderr"],
      },
    },
  },
};
