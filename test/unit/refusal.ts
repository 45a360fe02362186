import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp, planted } from "./configuration.ts";

await pulumi.runtime.setMocks(
  { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
  "slipway",
  "staging",
);

const pulumiConfig = "npm run pulumi -- --stack staging config";

export const hidden = "a value that is not shown, since it may be a secret";

/** The message that the example's configuration with these changes is refused with. */
export function refusal(changes: Record<string, unknown>, secret?: string[]): string {
  configure(erp(changes), secret);
  try {
    readSettings();
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return (error as Error).message;
  }
  throw new Error("the configuration was accepted");
}

export interface Mistake {
  key: string;
  found: string;
  /** A part of what the message says. */
  allowed: string;
  /** `set VALUE`, `[0] VALUE` for the first of a list or `.key VALUE` for one of a map, `rm`, or the words themselves. */
  type: string;
}

/** Expects a message of one mistake and nothing else. */
export function expectOneMistake(message: string, { key, found, allowed, type }: Mistake): void {
  const [head, , at, foundLine, allowedLine, typeLine, ...rest] = message.split("\n");
  expect(head).toBe("The configuration of stack 'staging' has one mistake; nothing was changed.");
  expect(at).toBe(`  slipway:${key}`);
  expect(foundLine).toBe(`    found    ${found}`);
  expect(allowedLine).toMatch(/^ {4}allowed {2}\S/);
  expect(allowedLine).toContain(allowed);
  expect(typeLine).toBe(`    type     ${pulumiConfig} ${spelledOut(type, key)}`);
  expect(rest).toEqual([]);
}

function spelledOut(type: string, key: string): string {
  const [verb = "", value] = type.split(/ (.*)/);
  if (type === "rm") return `rm --path 'slipway:${key}'`;
  if (verb === "set" && !value?.startsWith("-")) return `set --path 'slipway:${key}' '${value}'`;
  if (!/^[[.]/.test(verb)) return type;
  const under = `set --path 'slipway:${key}${verb}' '${value}'`;
  return `rm --path 'slipway:${key}' && ${pulumiConfig} ${under}`;
}

export interface Combination {
  title: string;
  given: Record<string, unknown>;
  key: string;
  /** Nothing, when absent. */
  found?: string;
  allowed: string;
  type: string;
}

/** A test for each combination that is refused with one mistake and without a secret. */
export function refused(combinations: Combination[]): void {
  test.each(combinations)("$title", ({ given, key, found = "nothing", allowed, type }) => {
    const message = refusal(given);
    expectOneMistake(message, { key, found, allowed, type });
    for (const secret of Object.values(planted)) expect(message).not.toContain(secret);
  });
}
