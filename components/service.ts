import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  applicationContainer,
  type Consumer,
  type Environment,
  releaseOptions,
} from "./application-container.ts";

/** A process that answers HTTP. */
export interface ServiceConsumer extends Consumer {
  port: number;
  /** Path that answers while the process lives. */
  liveness: string;
}

export interface ServiceArgs {
  environment: Environment;
  release: string;
  consumer: ServiceConsumer;
  replicas: number;
}

/** The replicas of one service of one release. They get no requests until the edge is switched to them. */
export class Service extends pulumi.ComponentResource {
  /** Docker's ids of the replicas. */
  readonly containers: pulumi.Output<string>[];

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Service", name, { release: args.release }, opts);
    const { environment, consumer, release, replicas } = args;
    this.containers = Array.from({ length: replicas }, (_, index) => {
      const replica = index + 1;
      return new docker.Container(
        `${environment.stack}-${consumer.name}-${release}-${replica}`,
        serviceContainer(environment, consumer, release, replica),
        { parent: this, ...releaseOptions },
      ).id;
    });
    this.registerOutputs({ containers: this.containers });
  }
}

/** The arguments of one replica. */
export function serviceContainer(
  environment: Environment,
  consumer: ServiceConsumer,
  release: string,
  replica: number,
): docker.ContainerArgs {
  return applicationContainer(environment, consumer, release, replica, {
    role: "service",
    probe: ["http", String(consumer.port), consumer.liveness],
  });
}
