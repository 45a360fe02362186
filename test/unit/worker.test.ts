import { afterEach, expect, test } from "vitest";
import { Worker, workerContainer } from "../../components/worker.ts";
import { consumer, environment } from "./environment.ts";
import { record, types } from "./record.ts";

const recorder = await record();
const worker = {
  ...consumer,
  name: "mailer",
  command: undefined,
  celery: "erp.worker",
  queues: ["default", "mail"],
  concurrency: 4,
};

afterEach(() => void recorder.clear());

test("each replica is a container of its own", async () => {
  new Worker("mailer-0123abcd", {
    environment,
    release: "0123abcd",
    consumer: worker,
    replicas: 2,
  });
  await recorder.wait();
  expect(recorder.of(types.container).map((each) => each.name)).toEqual([
    "staging-mailer-0123abcd-1",
    "staging-mailer-0123abcd-2",
  ]);
});

test("a worker without a command is Celery's, with the queues left to the start script", () => {
  const { command, entrypoints } = workerContainer(environment, worker, "0123abcd", 1);
  expect(entrypoints).toEqual(["/bin/sh", "/run/slipway/bin/start.sh", "worker"]);
  const words = (command as string[]).join(" ");
  expect(words).toMatch(/^celery --app erp\.worker worker /);
  expect(words).toContain(" --queues {queues} --concurrency 4");
});

test("a command of its own is kept", () => {
  const own = ["celery", "--app", "erp", "worker", "--pool", "gevent", "-Q", "{queues}"];
  const { command } = workerContainer(environment, { ...worker, command: own }, "0123abcd", 1);
  expect(command).toEqual(own);
});

test("two replicas have two probe queues, and neither is one that the application uses", () => {
  const envsOf = (replica: number) =>
    workerContainer(environment, worker, "0123abcd", replica).envs;
  expect(envsOf(1)).toContain("SLIPWAY_PROBE_QUEUE=probe-mailer-0123abcd-1");
  expect(envsOf(2)).toContain("SLIPWAY_PROBE_QUEUE=probe-mailer-0123abcd-2");
  expect(envsOf(1)).toContain("SLIPWAY_QUEUES=default,mail");
  expect(envsOf(1)).toContain("SLIPWAY_CELERY=erp.worker");
});

test("its health is asked often enough to replace it within a minute", () => {
  const { healthcheck } = workerContainer(environment, worker, "0123abcd", 1);
  expect(healthcheck).toMatchObject({
    tests: ["CMD", "/bin/sh", "/run/slipway/bin/probe.sh", "worker"],
    ...{ interval: "10s", retries: 2 },
  });
});
