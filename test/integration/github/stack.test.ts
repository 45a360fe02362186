import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RepositoryStack } from "./repository-stack.ts";

let stack: RepositoryStack;
const production = {
  reviewers: { users: ["mia"], teams: ["deployers"] },
  ...{ waitMinutes: 10, preventSelfReview: true },
  variables: { AWS_REGION: "eu-central-1" },
};

beforeAll(async () => {
  stack = await RepositoryStack.open();
  stack.configure({ environments: { production } });
});
afterAll(() => stack.close());

const secret = (name: string) => `environments.production.secrets.${name}`;
const environment = (name: string) => stack.at.repository.environments.get(name);

describe("the stack github", () => {
  it("declares rules, environments, variables and secrets", async () => {
    await stack.setSecret(secret("PASSPHRASE"), "planted-passphrase");
    const said = await stack.up();
    expect(said).not.toContain("planted-passphrase");
    const { rulesets, environments } = stack.at.repository;
    expect([...rulesets.values()].map(({ name }) => name).sort()).toEqual(["main", "staging"]);
    expect([...environments.keys()].sort()).toEqual([
      ...["preview", "production", "production-plan", "staging", "staging-plan"],
    ]);
    expect(environment("production")).toMatchObject({
      ...{ waitMinutes: 10, preventSelfReview: true, canAdminsBypass: false },
    });
    expect(environment("production")?.secrets.get("PASSPHRASE")?.value).toBe("planted-passphrase");
    expect(environment("production-plan")?.reviewers).toEqual([]);
    expect(stack.at.github.server.complaints).toEqual([]);
  });

  it("has nothing to do the second time, and finds no drift", async () => {
    for (const words of [
      ["preview", "--expect-no-changes"],
      ["refresh", "--preview-only", "--expect-no-changes"],
    ]) {
      const { exitCode, all } = await stack.pulumi(...words);
      expect(exitCode, all).toBe(0);
    }
  });
});
