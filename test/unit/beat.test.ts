import { expect, test } from "vitest";
import { beat, beatContainer } from "../../components/beat.ts";
import { consumer, environment } from "./environment.ts";
import { record, types } from "./record.ts";

const recorder = await record();
const scheduler = { ...consumer, name: "beat", command: undefined, celery: "erp.worker" };

test("a release has one scheduler", async () => {
  beat({ environment, release: "0123abcd", consumer: scheduler });
  await recorder.wait();
  expect(recorder.of(types.container).map((each) => each.name)).toEqual([
    "staging-beat-0123abcd-1",
  ]);
});

test("it is Celery's, with the schedule's file left to the start script", () => {
  const { command, entrypoints } = beatContainer(environment, scheduler, "0123abcd");
  expect(entrypoints).toEqual(["/bin/sh", "/run/slipway/bin/start.sh", "beat"]);
  expect((command as string[]).join(" ")).toBe(
    "celery --app erp.worker beat --loglevel INFO --schedule {schedule} --pidfile=",
  );
});

test("lock and schedule lie beside the releases, in the one directory that it may write", () => {
  expect(beatContainer(environment, scheduler, "0123abcd").volumes).toContainEqual({
    hostPath: "/var/lib/slipway/staging/beat",
    containerPath: "/run/slipway/beat",
  });
});
