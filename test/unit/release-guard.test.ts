import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { releaseGuard } from "../../components/release-guard.ts";
import { environment, host, variablesOf } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();

test("what is deleted with a release first asks whether it serves, and then stops it", async () => {
  class Anything extends pulumi.ComponentResource {}
  const before = new Anything("slipway:index:Anything", "before");
  releaseGuard(
    "guard-0123abcd",
    {
      ...{ host, environment, release: "0123abcd", drainSeconds: 30, stopSeconds: 105 },
      services: [{ name: "api", port: 8000 }],
    },
    { dependsOn: [before] },
  );
  await recorder.wait();
  const { inputs } = recorder.named("guard-0123abcd");
  expect(variablesOf(inputs.stdin)).toMatchObject({
    ...{ STACK: "staging", RELEASE: "0123abcd" },
    ...{ PORTS: "api 8000", DRAIN_SECONDS: "30" },
  });
  // Longer than connections may last and all of it may take to stop.
  expect(inputs.delete).toBe("exec timeout --kill-after=10 195 bash -s -- remove");
});
