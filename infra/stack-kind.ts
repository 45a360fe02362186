import * as pulumi from "@pulumi/pulumi";

/** Whether this stack is the repository on GitHub and no environment. Reads no more of the configuration than that. */
export function isRepository(): boolean {
  const given = pulumi.runtime.allConfig()[`${pulumi.getProject()}:repository`];
  return given !== undefined && given !== "{}";
}
