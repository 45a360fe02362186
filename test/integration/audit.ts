import { execa } from "execa";
import { expect } from "vitest";
import type { TestStack } from "./stack.ts";

export interface Told {
  kind: string;
  severity: string;
  what: string;
  expected: string;
  found: string;
  type: string;
}

export interface Report {
  drift: boolean;
  deploy: string | null;
  seconds: number;
  leftOut: string[];
  findings: Told[];
  certificates: { name: string; daysLeft: number | null }[];
}

/** What the audit of a stack finds; its exit status has to say the same. */
export async function audit(stack: TestStack): Promise<Report> {
  const { exitCode, stdout, stderr } = await stack.script("audit-stack.ts", "--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: exitCode === 2 ? 2 : 0, stderr: "" });
  const report: Report = JSON.parse(stdout);
  expect(report.drift, stdout).toBe(exitCode === 2);
  return report;
}

/** `KIND WHAT: FOUND`, each. */
export const lines = ({ findings }: Report) =>
  findings.map(({ kind, what, found }) => `${kind} ${what}: ${found}`);

/** Does what a finding says, as a person would type it. */
export async function heal(stack: TestStack, type: string): Promise<void> {
  for (const step of type.split(", then ")) {
    const onHost = /^on its host: (.*)$/.exec(step)?.[1];
    const [, command = "", words = ""] =
      /^npm run (\S+)(?: --(?: (.*))?)?$/.exec(step.replace(` --stack ${stack.name}`, "")) ?? [];
    const said = onHost
      ? await execa("bash", ["-c", onHost.replaceAll("sudo ", "")], { all: true, reject: false })
      : command === "pulumi"
        ? await stack.pulumi(...words.replaceAll("'", "").split(" "), "--yes", "--skip-preview")
        : await stack.script(scripts[command] ?? step, ...words.split(" ").filter(Boolean));
    expect(said.exitCode, `${step}: ${said.all}`).toBe(0);
  }
}

const scripts: Record<string, string> = {
  audit: "audit-stack.ts",
  recover: "recover-stack.ts",
  maintenance: "set-maintenance.ts",
};
