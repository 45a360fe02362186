import type { Consumer } from "../components/application-container.ts";
import type { BeatConsumer } from "../components/beat.ts";
import type { ServiceConsumer } from "../components/service.ts";
import type { WorkerConsumer } from "../components/worker.ts";
import type { Beat, Service, Worker } from "./schema/application.ts";
import type { Settings } from "./settings.ts";

/** Who runs the application, by name. Settings still hold their references: the release's id is made of them. */
export interface Consumers {
  services: ServiceConsumer[];
  workers: WorkerConsumer[];
  beat?: BeatConsumer;
}

const defaultMegabytes = { service: 256, worker: 512, beat: 256 };

export function consumersOf(settings: Settings): Consumers {
  const { services, workers, beat, app } = settings;
  const celery = app.celery as string;
  return {
    services: Object.entries(services).map(([name, service]) => ({
      ...consumer(settings, name, service, defaultMegabytes.service),
      port: service.port,
      liveness: service.probes.liveness,
    })),
    workers: Object.entries(workers).map(([name, worker]) => ({
      ...consumer(settings, name, worker, defaultMegabytes.worker),
      celery,
      queues: worker.queues,
      concurrency: worker.concurrency,
    })),
    ...(beat.enabled
      ? { beat: { ...consumer(settings, "beat", beat, defaultMegabytes.beat), celery } }
      : {}),
  };
}

function consumer(
  { stack, app, settings, secrets }: Settings,
  name: string,
  own: Service | Worker | Beat,
  memoryMegabytes: number,
): Consumer {
  // What is not the application's own image gets no secret or volume that nobody named.
  const shares = own.image === undefined;
  const volumes = own.volumes ?? (shares ? Object.keys(app.volumes) : []);
  return {
    name,
    image: own.image ?? (app.image as string),
    user: own.user ?? app.user,
    command: own.command,
    settings: { ...(shares ? settings : {}), ...own.settings },
    secrets: own.secrets ?? (shares ? Object.keys(secrets) : []),
    volumes: volumes.map((volume) => ({
      volume: `slipway-${stack}-${volume}`,
      path: app.volumes[volume] as string,
    })),
    memoryMegabytes: own.memoryMegabytes ?? memoryMegabytes,
    cpus: own.cpus,
    maxProcesses: own.maxProcesses,
    stopSeconds: own.stopSeconds,
  };
}
