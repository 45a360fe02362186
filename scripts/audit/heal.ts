import type { DeployedEnvironment } from "../environment.ts";

/** What to type against one thing or another. */
export function healsOf({ stack }: Pick<DeployedEnvironment, "stack">) {
  const pulumi = (words: string) => `npm run pulumi -- ${words} --stack ${stack}`;
  return {
    deploy: pulumi("up"),
    refresh: pulumi("up --refresh"),
    replace: (urn: string) => pulumi(`up --replace '${urn}'`),
    recover: `npm run recover -- --stack ${stack}`,
    redo: `npm run audit -- --redo --stack ${stack}, then ${pulumi("up")}`,
    logs: (name: string) => `npm run logs -- ${name} --stack ${stack}`,
    maintenance: `npm run maintenance -- off --stack ${stack}`,
    onHost: (command: string) => `on its host: ${command}`,
  };
}
