import { expect, test } from "vitest";
import { unknownBackEnd } from "../../scripts/unknown-back-end.ts";

test.each([
  "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
  "please run `pulumi login`",
])("%s: it is said what to type", (complaint) => {
  expect(unknownBackEnd(complaint, "staging")).toContain(
    "npm run pulumi -- --stack staging login s3://BUCKET",
  );
});

test("another complaint is not taken for it", () => {
  expect(unknownBackEnd("error: no stack named 'staging' found", "staging")).toBeUndefined();
});
