import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  applicationContainer,
  type Consumer,
  type Environment,
  releaseOptions,
} from "./application-container.ts";

/** A Celery worker. */
export interface WorkerConsumer extends Consumer {
  /** The Celery application, as `celery -A` takes it. */
  celery: string;
  /** The queues that it consumes once its release is live. */
  queues: string[];
  /** Processes a worker. */
  concurrency: number;
}

export interface WorkerArgs {
  environment: Environment;
  release: string;
  consumer: WorkerConsumer;
  replicas: number;
}

/** The replicas of one worker of one release. Until the release is live they consume a queue of their own. */
export class Worker extends pulumi.ComponentResource {
  /** Docker's ids of the replicas. */
  readonly containers: pulumi.Output<string>[];

  constructor(name: string, args: WorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Worker", name, { release: args.release }, opts);
    const { environment, consumer, release, replicas } = args;
    this.containers = Array.from({ length: replicas }, (_, index) => {
      const replica = index + 1;
      return new docker.Container(
        `${environment.stack}-${consumer.name}-${release}-${replica}`,
        workerContainer(environment, consumer, release, replica),
        { parent: this, ...releaseOptions },
      ).id;
    });
    this.registerOutputs({ containers: this.containers });
  }
}

/** The arguments of one replica. */
export function workerContainer(
  environment: Environment,
  consumer: WorkerConsumer,
  release: string,
  replica: number,
): docker.ContainerArgs {
  const command = consumer.command ?? [
    ...["celery", "--app", consumer.celery, "worker", "--loglevel", "INFO"],
    // Both only let workers hear of each other, and cost a second of every start.
    ...["--without-mingle", "--without-gossip"],
    ...["--queues", "{queues}", "--concurrency", String(consumer.concurrency)],
  ];
  return applicationContainer(environment, { ...consumer, command }, release, replica, {
    role: "worker",
    settings: {
      SLIPWAY_CELERY: consumer.celery,
      SLIPWAY_QUEUES: consumer.queues.join(","),
      SLIPWAY_PROBE_QUEUE: `probe-${consumer.name}-${release}-${replica}`,
    },
    probe: ["worker"],
    // It takes its own time before it says no, and one that hangs is to be replaced within a minute.
    retries: 2,
  });
}
