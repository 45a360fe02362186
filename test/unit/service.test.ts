import { afterEach, expect, test } from "vitest";
import { Service, serviceContainer } from "../../components/service.ts";
import { consumer, environment } from "./environment.ts";
import { record, types } from "./record.ts";

const recorder = await record();
const args = {
  environment,
  release: "0123abcd",
  consumer: { ...consumer, port: 8000, liveness: "/healthz/live" },
  replicas: 3,
};

afterEach(() => void recorder.clear());

test("each replica is a container of its own, named after release and number", async () => {
  const { containers } = new Service("api-0123abcd", args);
  await recorder.wait();
  expect(recorder.of(types.container).map((each) => each.name)).toEqual([
    "staging-api-0123abcd-1",
    "staging-api-0123abcd-2",
    "staging-api-0123abcd-3",
  ]);
  expect(containers).toHaveLength(3);
});

test("the id that it gives is the one of the container", async () => {
  const { containers } = new Service("api-0123abcd", { ...args, replicas: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  containers[0]?.apply(resolve);
  expect(await promise).toBe("id-of-staging-api-0123abcd-1");
});

test("health is asked on the service's port and liveness path", () => {
  const { healthcheck } = serviceContainer(environment, args.consumer, "0123abcd", 1);
  const { tests } = healthcheck as { tests: string[] };
  expect(tests.slice(-3)).toEqual(["http", "8000", "/healthz/live"]);
});
