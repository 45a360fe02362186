import { expect, test } from "vitest";
import { addressedStack } from "../../scripts/addressed-stack.ts";

test.each([
  ["stack init production", "production", "stack init production"],
  ["stack new production --no-select", "production", "stack new production --no-select"],
  ["stack init acme/slipway/production", "production", "stack init acme/slipway/production"],
  ["stack init --secrets-provider awskms://key production", "production", undefined],
  ["--non-interactive stack init production", "production", undefined],
  ["-v 9 stack rm production --yes", "production", undefined],
  ["stack remove production", "production", undefined],
  ["--stack production stack init", "production", "stack init production"],
  ["--stack production stack init production", "production", "stack init production"],
  ["stack rm --stack production --yes", "production", "stack rm --yes production"],
  ["stack init local", "local", undefined],
])("'%s' goes to its own stack's place", (line, stack, rest = line) => {
  expect(addressedStack(line.split(" "))).toMatchObject({
    ...{ stack, isNamed: true, rest: rest.split(" ") },
  });
});

test.each([
  ["up", "local"],
  ["stack output release", "local"],
  ["--stack staging stack ls", "staging"],
  ["config set --path slipway:app.celery init", "local"],
  ["--stack staging stack rename production", "staging"],
  ["--stack staging login", "staging"],
])("'%s' goes by --stack alone", (line, stack) => {
  expect(addressedStack(line.split(" "))).toMatchObject({ stack, isNamed: false });
});

test.each([
  ["stack select staging", "npm run pulumi -- --stack staging preview"],
  ["--stack staging stack select", "npm run pulumi -- --stack staging preview"],
  ["stack init", "npm run pulumi -- stack init NAME"],
  ["stack rm --yes", "npm run pulumi -- stack rm NAME"],
  ["stack init Production", "--stack staging"],
  ["--stack staging stack rm production", "npm run pulumi -- stack rm production"],
  ["login s3://bucket", "npm run pulumi -- --stack NAME login"],
])("'%s' is refused with what to type", (line, type) => {
  expect(() => addressedStack(line.split(" "))).toThrow(new RegExp(`^[^\n]+; ?.*type.*${type}$`));
});

test.each(["--help", "stack init --help", "help"])("'%s' needs no stack", (line) => {
  expect(addressedStack(line.split(" ")).asksForHelp).toBe(true);
});
