import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { production, RepositoryStack } from "./repository-stack.ts";

let stack: RepositoryStack;

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

describe("what a hand changed", () => {
  it("is found, and put right", async () => {
    const { rulesets, environments } = stack.at.repository;
    const main = [...rulesets.values()].find(({ name }) => name === "main");
    if (main) main.enforcement = "disabled";
    environments.get("production")?.variables.delete("AWS_REGION");
    const found = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
    expect(found.exitCode).not.toBe(0);
    expect(found.all).toMatch(/rules-main/);
    expect(found.all).toMatch(/production-AWS_REGION/);
    await stack.up("--refresh");
    expect([...rulesets.values()].find(({ name }) => name === "main")?.enforcement).toBe("active");
    expect(environment("production")?.variables.get("AWS_REGION")?.value).toBe("eu-central-1");
  });

  it("is a secret that is turned over by its value in the stack's file", async () => {
    await stack.setSecret(secret("PASSPHRASE"), "another-passphrase");
    await stack.up();
    expect(environment("production")?.secrets.get("PASSPHRASE")?.value).toBe("another-passphrase");
  });
});

describe("what is wrong with GitHub or the configuration", () => {
  const firstError = (said: string) => /error: (.+)/.exec(said)?.[1] ?? said;

  it("is one line when the repository is not there, or the token may not see it", async () => {
    stack.configure({ name: "nowhere", environments: {} });
    const { exitCode, all } = await stack.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(firstError(all)).toMatch(
      /^acme\/nowhere at http\S+ is not there, or the token may not see it; nothing was changed\. Type: npm run pulumi -- --stack github config set --path slipway:repository\.name NAME/,
    );
  });

  it("is one line when the token is refused", async () => {
    stack.configure({ environments: {} });
    await stack.setSecret("token", "planted-token");
    const { exitCode, all } = await stack.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(firstError(all)).toMatch(/^GitHub refuses the token for acme\/shop at /);
    expect(all).not.toContain("planted-token");
  });

  it("is one line when it is not what the configuration takes it for", async () => {
    stack.configure({ visibility: "public", environments: {} });
    const { all } = await stack.pulumi("preview");
    expect(firstError(all)).toMatch(
      /^acme\/shop is private, and slipway:repository\.visibility is public/,
    );
  });

  it("is one line when the token's requests are used up", async () => {
    stack.configure({ environments: {} });
    const end = stack.at.github.server.faults.add({ kind: "rate-limit" });
    const { exitCode, all } = await stack.pulumi("preview");
    end();
    expect(exitCode).not.toBe(0);
    expect(firstError(all)).toMatch(/^GitHub lets this token ask no more for now/);
  });

  it("is GitHub's own words when its plan has less than the configuration says", async () => {
    const { owner } = stack.at.repository;
    owner.plan = "team";
    stack.configure({ environments: { staging: { reviewers: { users: ["mia"] } }, production } });
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
    owner.plan = "enterprise";
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/ensure the billing plan supports the required reviewers protection rule/);
    await stack.up();
  });
});

describe("a stack of forty resources, each answer 50 ms late", () => {
  it("is looked through without a change in seconds", async () => {
    const named = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}_${index}`, "x"]));
    stack.configure({ environments: { production: { ...production, variables: named("V", 12) } } });
    await stack.up();
    const { server } = stack.at.github;
    const { stdout } = await stack.pulumi("stack", "export");
    const { resources } = JSON.parse(stdout).deployment;
    server.faults.latencyMilliseconds = 50;
    server.log.length = 0;
    const begun = performance.now();
    await stack.up("--expect-no-changes");
    const seconds = (performance.now() - begun) / 1000;
    server.faults.latencyMilliseconds = 0;
    console.info(
      `no-op up: ${resources.length} resources, ${server.log.length} requests, ${seconds.toFixed(1)} s`,
    );
    expect(resources.length).toBeGreaterThanOrEqual(40);
    // It asks for the repository and for who reviews, and for no resource.
    expect(server.log.length).toBeLessThan(20);
    expect(server.log.every(({ method }) => method === "GET")).toBe(true);
  });
});

describe("destroy", () => {
  it("takes away all that it declared, and not the repository", async () => {
    const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(exitCode, all).toBe(0);
    expect(stack.at.repository.rulesets.size).toBe(0);
    expect(stack.at.repository.environments.size).toBe(0);
    expect(stack.at.github.server.complaints).toEqual([]);
  });
});
