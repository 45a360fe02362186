import { afterEach, expect, test } from "vitest";
import { AppVolumes } from "../../components/app-volumes.ts";
import { host, variablesOf } from "./environment.ts";
import { record, types } from "./record.ts";

const recorder = await record();

afterEach(() => void recorder.clear());

test("volumes outlive the stack under names that never change", async () => {
  const volumes = ["slipway-staging-uploads", "slipway-staging-archive"];
  new AppVolumes("app-volumes", { host, volumes, owner: "10001:10001" });
  await recorder.wait();
  expect(recorder.of(types.volume).map(({ inputs }) => inputs.name)).toEqual(volumes);
  for (const { options } of recorder.of(types.volume)) {
    expect(options.retainOnDelete).toBe(true);
    // A protected resource would make every destroy fail.
    expect(options.protect).toBe(false);
  }
  const { inputs } = recorder.named("app-volumes-owner");
  expect(variablesOf(inputs.stdin)).toMatchObject({
    OWNER: "10001:10001",
    VOLUMES: volumes.join(" "),
  });
});

test("an application without volumes runs nothing on the host", async () => {
  new AppVolumes("app-volumes", { host, volumes: [], owner: "10001:10001" });
  await recorder.wait();
  expect(recorder.all.map((each) => each.name)).toEqual(["app-volumes"]);
});
