import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import {
  applicationContainer,
  type Consumer,
  type Environment,
  releaseOptions,
} from "./application-container.ts";

/** Celery's scheduler. */
export interface BeatConsumer extends Consumer {
  /** The Celery application, as `celery -A` takes it. */
  celery: string;
}

export interface BeatArgs {
  environment: Environment;
  release: string;
  consumer: BeatConsumer;
}

/** One scheduler of one release. It runs only while its release is live and it holds the environment's one lock. */
export function beat(
  { environment, release, consumer }: BeatArgs,
  opts?: pulumi.CustomResourceOptions,
): docker.Container {
  return new docker.Container(
    `${environment.stack}-${consumer.name}-${release}-1`,
    beatContainer(environment, consumer, release),
    { ...opts, ...releaseOptions },
  );
}

/** The arguments of its container. Lock and schedule lie on the host, so that they outlive every release. */
export function beatContainer(
  environment: Environment,
  consumer: BeatConsumer,
  release: string,
): docker.ContainerArgs {
  const command = consumer.command ?? [
    ...["celery", "--app", consumer.celery, "beat", "--loglevel", "INFO"],
    ...["--schedule", "{schedule}", "--pidfile="],
  ];
  return applicationContainer(environment, { ...consumer, command }, release, 1, {
    role: "beat",
    probe: ["beat"],
    directories: { "/run/slipway/beat": `${environment.directory}/beat` },
  });
}
