import { execa } from "execa";
import { listContainers, type RunningContainer } from "../../containers.ts";
import { readEnvironment } from "../../environment.ts";
import { Failure } from "../../failure.ts";
import { localStack } from "../../workspace.ts";

const patienceMilliseconds = 60_000;
const port = 8000;

/** Seconds that the application takes by itself, whatever deploys it. */
export interface OwnSeconds {
  stop: number;
  start: number;
}

/**
 * Its containers are stopped and started again by Docker, all at once, until the service answers and the workers say
 * that they are ready. Nothing else is at work meanwhile.
 */
export async function stopAndStart(): Promise<OwnSeconds> {
  const all = await listContainers(readEnvironment(localStack));
  const ofRole = (...roles: string[]) => all.filter(({ role }) => roles.includes(role));
  const ids = ofRole("service", "worker", "beat").map(({ id }) => id);
  const signal = AbortSignal.timeout(patienceMilliseconds);
  const stopping = Date.now();
  await execa("docker", ["stop", ...ids]);
  const started = Date.now();
  try {
    await execa("docker", ["start", ...ids]);
    await Promise.all([
      ...ofRole("service").map((service) => answered(service, signal)),
      ...ofRole("worker").map((worker) => saidReady(worker, started, signal)),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Failure(
      `the application did not start within ${patienceMilliseconds / 1000} seconds`,
    );
  }
  return { stop: (started - stopping) / 1000, start: (Date.now() - started) / 1000 };
}

/** Asks the container itself: the edge would have to be told first. */
async function answered({ id }: RunningContainer, signal: AbortSignal): Promise<void> {
  const format = "{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}";
  const { stdout } = await execa("docker", ["inspect", "--format", format, id]);
  const url = `http://${stdout.trim().split("\n")[0]}:${port}/healthz/live`;
  const isUp = () =>
    fetch(url, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) await pause(signal);
}

async function saidReady(
  { id }: RunningContainer,
  since: number,
  signal: AbortSignal,
): Promise<void> {
  const words = ["logs", "--since", new Date(since).toISOString(), id];
  while (!/celery@\S+ ready\./.test((await execa("docker", words, { all: true })).all)) {
    await pause(signal);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
