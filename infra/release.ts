import * as pulumi from "@pulumi/pulumi";
import { beat } from "../components/beat.ts";
import { hostFiles } from "../components/host-files.ts";
import { releaseGuard } from "../components/release-guard.ts";
import {
  type Participant,
  type ReleaseSwitchArgs,
  releaseSwitch,
} from "../components/release-switch.ts";
import { Service } from "../components/service.ts";
import { Worker } from "../components/worker.ts";
import { accessOf } from "./access.ts";
import type { Consumers } from "./consumers.ts";
import type { DataParts } from "./data.ts";
import { type DescribedRelease, resolveAll } from "./described-release.ts";
import type { EdgeParts } from "./edge.ts";
import type { HostParts } from "./host.ts";
import { declareMigration } from "./migration.ts";
import { type ConfiguredImages, imageLines, imagesOf } from "./release-description.ts";
import { releaseFiles } from "./release-files.ts";
import type { Settings } from "./settings.ts";

/** Everything of one release, in the order in which it comes to serve. Returns the images that serve after all of it. */
export function declareRelease(
  { id: release, consumers, plain, images }: DescribedRelease,
  settings: Settings,
  parts: HostParts,
  edge: EdgeParts,
  data: DataParts,
  limits: pulumi.Resource[],
): pulumi.Output<ConfiguredImages> {
  const { host, environment, provider } = parts;
  const { deploy } = settings;
  const resolve = (values: Record<string, string>) => resolveAll(values, plain);
  const references = pulumi.all({ ...plain, ...data.secret });

  const files = hostFiles(
    `release-${release}-files`,
    {
      host,
      directory: `${settings.stack}/releases/${release}`,
      release: { stack: settings.stack, id: release },
      files: releaseFiles(settings, consumers, references, images),
    },
    { dependsOn: [parts.files, ...data.first] },
  );
  const onHost = [files, parts.files, parts.networks];
  const present = [...onHost, ...data.servers];
  const stopping = { stopSeconds: stopSeconds(consumers) };
  const migrated = declareMigration(settings, parts, { release, resolve, ...stopping }, present);
  // The start script waits for the migration inside the container; an image's own command would not.
  const before = (startsByScript: boolean) =>
    startsByScript && migrated.length > 0 ? onHost : [...present, ...migrated];
  const providers = [provider];

  const services = consumers.services.map((consumer) => {
    const { replicas, probes } = settings.services[consumer.name] as Settings["services"][string];
    const service = new Service(
      `${consumer.name}-${release}`,
      { environment, release, consumer, replicas },
      { providers, dependsOn: before(consumer.command !== undefined) },
    );
    const participants = service.containers.map(
      (id): Participant => ({
        ...{ role: "service", name: consumer.name, id, maxProcesses: consumer.maxProcesses },
        ...{ port: consumer.port, ...probes },
      }),
    );
    return { resource: service, participants };
  });
  // The engine starts one container after the other, and the services take longest until they are of use.
  const afterServices = [...before(true), ...services.map(({ resource }) => resource)];
  const workers = consumers.workers.map((consumer) => {
    const { replicas } = settings.workers[consumer.name] as Settings["workers"][string];
    const worker = new Worker(
      `${consumer.name}-${release}`,
      { environment, release, consumer, replicas },
      { providers, dependsOn: afterServices },
    );
    const participants = worker.containers.map(
      (id): Participant => ({
        ...{ role: "worker", name: consumer.name, id, maxProcesses: consumer.maxProcesses },
        queues: consumer.queues,
      }),
    );
    return { resource: worker, participants };
  });
  const beats = (consumers.beat ? [consumers.beat] : []).map((consumer) => {
    const options = { provider, dependsOn: afterServices };
    const resource = beat({ environment, release, consumer }, options);
    const { name, maxProcesses } = consumer;
    const participants: Participant[] = [{ role: "beat", name, id: resource.id, maxProcesses }];
    return { resource, participants };
  });

  const running = [...services, ...workers, ...beats];
  const guard = releaseGuard(
    `guard-${release}`,
    {
      ...{ host, environment, release, ...stopping },
      services: consumers.services.map(({ name, port }) => ({ name, port })),
      drainSeconds: deploy.drainSeconds,
    },
    // The servers go after the last of what uses them has stopped.
    { dependsOn: [...running.map(({ resource }) => resource), ...data.servers] },
  );
  const printed = releaseSwitch(
    "switch",
    {
      host,
      environment,
      release,
      edge: settings.edge.name,
      ownsEdge: settings.edge.mode === "own",
      address: settings.edge.address,
      httpsPort: settings.edge.httpsPort,
      certificates: settings.edge.certificates,
      participants: running.flatMap(({ participants }) => participants),
      routes: Object.entries(settings.services).map(([service, each]) => ({ service, ...each })),
      access: accessOf(settings),
      http: settings.http,
      ...deploy,
      steps: stepsOf(settings),
      images: imageLines(images),
      smoke: Object.entries(settings.services).flatMap(([service, { hosts, probes }]) =>
        probes.smoke.map((path) => ({ service, host: hosts[0] as string, path })),
      ),
    },
    { dependsOn: [guard, edge.attachment, ...limits, ...migrated] },
  );
  return printed.apply(imagesOf);
}

/** How the traffic moves. Replica by replica it takes as many steps as there are replicas of the largest service. */
function stepsOf({ deploy, services }: Settings): ReleaseSwitchArgs["steps"] {
  const { strategy, canary, rolling } = deploy;
  if (strategy === "canary")
    return { strategy, sizes: canary.weights, seconds: canary.stepSeconds };
  if (strategy === "blue-green") return { strategy, sizes: [], seconds: 0 };
  const most = Math.max(...Object.values(services).map(({ replicas }) => replicas));
  const sizes = Array.from({ length: most - 1 }, (_, index) => index + 1);
  return { strategy, sizes, seconds: rolling.stepSeconds };
}

/** How long the containers of a release may take to stop: those of a role together, one role after the other. */
function stopSeconds({ services, workers, beat }: Consumers): number {
  const longest = (consumers: { stopSeconds: number }[]) =>
    Math.max(0, ...consumers.map((each) => each.stopSeconds));
  return longest(services) + longest(workers) + longest(beat ? [beat] : []);
}
