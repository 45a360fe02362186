import { stringify } from "yaml";

export interface Step {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  with?: Record<string, string | number | boolean>;
  env?: Record<string, string>;
  run?: string;
}

export interface Job {
  name?: string;
  needs?: string[];
  if?: string;
  "runs-on": string;
  "timeout-minutes": number;
  environment?: { name: string; url?: string };
  /** `read` or `write`; after a hash, what for. */
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  outputs?: Record<string, string>;
  steps: Step[];
}

export interface Workflow {
  name: string;
  on: Record<string, unknown>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  /** Behind a line of the file, for who reads it or looks it through. */
  remarks?: Record<string, string>;
  jobs: Record<string, Job>;
}

export const runner = "ubuntu-24.04";

/** Actions by what they are called here. A tag can be moved, a commit cannot. */
const actions = {
  checkout: {
    action: "actions/checkout",
    commit: "8e8c483db84b4bee98b60c0593521ed34d9990e8",
    version: "v6.0.1",
  },
};

/** The commit that the run is for, and as much of its past as is asked for; 0 is all of it. */
export function checkout(depth = 1): Step {
  const { action, commit } = actions.checkout;
  return {
    uses: `${action}@${commit}`,
    with: { "persist-credentials": false, ...(depth === 1 ? {} : { "fetch-depth": depth }) },
  };
}

/** One of scripts/pipeline, which packages and Node come with. */
export function script(name: string, words = ""): string {
  return `sh scripts/bootstrap.sh scripts/pipeline/${name}.ts${words && ` ${words}`}`;
}

/** The file that GitHub reads. No job may do more than it says, and a command that fails in a pipe fails its step. */
export function render({ name, on, jobs, remarks = {}, ...rest }: Workflow): string {
  const text = stringify(
    { name, on, permissions: {}, ...rest, defaults: { run: { shell: "bash" } }, jobs },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  const remarked = Object.entries(remarks).reduce(
    (rest, [line, remark]) => rest.replace(`\n${line}\n`, `\n${line} # ${remark}\n`),
    text.replaceAll(/: "(read|write) (# .+)"$/gm, ": $1 $2"),
  );
  const versioned = Object.values(actions).reduce(
    (rest, { commit, version }) => rest.replaceAll(`@${commit}\n`, `@${commit} # ${version}\n`),
    remarked,
  );
  return `# Written by \`npm run workflows\` from Pulumi.github.yaml.\n${versioned}`;
}
