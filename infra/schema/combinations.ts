import type { z } from "zod";
import { knownReferences, referencesIn } from "../references.ts";
import type { StackSettings } from "./stack.ts";

/** A mistake that no single key shows. `remedy` is what to type after `pulumi config`, without it `set` is meant. */
interface Mistake {
  path: (string | number)[];
  allowed: string;
  remedy?: string;
}

/** Adds an issue for each combination of settings that cannot work. */
export function combinations(settings: StackSettings, context: z.RefinementCtx): void {
  const mistakes = [
    ...imageMistakes(settings),
    ...brokerMistakes(settings),
    ...hostMistakes(settings),
    ...consumerMistakes(settings),
    ...referenceMistakes(settings),
    ...edgeMistakes(settings),
  ];
  for (const { path, allowed, remedy } of mistakes) {
    context.addIssue({ code: "custom", path, message: allowed, params: { remedy } });
  }
}

type Consumer = {
  path: (string | number)[];
  settings:
    | StackSettings["services"][string]
    | StackSettings["workers"][string]
    | StackSettings["beat"];
};

function consumersOf({ services, workers, beat }: StackSettings): Consumer[] {
  const under = <T>(key: string, map: Record<string, T>) =>
    Object.entries(map).map(([name, settings]) => ({ path: [key, name], settings }));
  return [
    ...under("services", services),
    ...under("workers", workers),
    ...(beat.enabled ? [{ path: ["beat"], settings: beat }] : []),
  ];
}

function imageMistakes(settings: StackSettings): Mistake[] {
  const { app, images, migration, postgres, redis, edge } = settings;
  const missing: (string | number)[][] = [];
  if (!app.image) {
    for (const { path, settings: consumer } of consumersOf(settings)) {
      if (!consumer.image) missing.push([...path, "image"]);
    }
    if (migration.enabled) missing.push(["app", "image"]);
  }
  if (postgres.mode === "own" && !images.postgres) missing.push(["images", "postgres"]);
  if (redis.mode === "own" && !images.redis) missing.push(["images", "redis"]);
  if (edge.mode === "own" && !images.traefik) missing.push(["images", "traefik"]);
  return missing.map((path) => ({
    path,
    allowed:
      path[0] === "images"
        ? "an image by digest, since this stack runs its own server (npm run images -- --stack STACK pins all of them)"
        : "an image by digest, here or for the whole application as app.image",
  }));
}

function brokerMistakes({
  app,
  workers,
  beat,
  redis,
  migration,
  postgres,
}: StackSettings): Mistake[] {
  const mistakes: Mistake[] = [];
  const scheduled = beat.enabled;
  const celery = Object.keys(workers).length > 0 || scheduled;
  if (celery && redis.mode === "none") {
    mistakes.push({
      path: ["redis", "mode"],
      allowed: "own or managed, since workers and beat need a broker",
    });
  }
  if (celery && !app.celery) {
    mistakes.push({
      path: ["app", "celery"],
      allowed: "the Celery application (celery -A NAME), since there are workers or beat",
    });
  }
  if (scheduled && Object.keys(workers).length === 0) {
    mistakes.push({
      path: ["workers"],
      allowed: "at least one worker, since beat is on and its tasks would pile up",
    });
  }
  if (migration.enabled && postgres.mode === "none") {
    mistakes.push({
      path: ["migration", "enabled"],
      allowed: "false, since there is no Postgres to migrate",
    });
  }
  return mistakes;
}

function hostMistakes({ services }: StackSettings): Mistake[] {
  const taken = new Map<string, string>();
  const mistakes: Mistake[] = [];
  for (const [name, service] of Object.entries(services)) {
    const claims = [
      ...service.hosts.map((host, index) => ({ host, path: ["services", name, "hosts", index] })),
      ...Object.keys(service.redirects).map((host) => ({
        host,
        path: ["services", name, "redirects", host],
      })),
    ];
    for (const { host, path } of claims) {
      const owner = taken.get(host);
      if (owner)
        mistakes.push({
          path,
          allowed: `a host name of its own; ${host} belongs to ${owner} already`,
        });
      taken.set(host, `services.${name}`);
    }
    for (const [from, to] of Object.entries(service.redirects)) {
      if (!service.hosts.includes(to)) {
        mistakes.push({
          path: ["services", name, "redirects", from],
          allowed: `one of services.${name}.hosts`,
        });
      }
    }
    if (service.probes.smoke.length > 0 && service.hosts.length === 0) {
      mistakes.push({
        path: ["services", name, "hosts"],
        allowed: "at least one host name, since the smoke paths are asked over the public route",
      });
    }
  }
  return mistakes;
}

function consumerMistakes(settings: StackSettings): Mistake[] {
  const mistakes: Mistake[] = [];
  const secretNames = Object.keys(settings.secrets);
  const volumeNames = Object.keys(settings.app.volumes);
  const oneOf = (names: string[]) =>
    names.length > 0 ? `one of ${names.join(", ")}` : "nothing: none is declared";
  for (const { path, settings: consumer } of consumersOf(settings)) {
    for (const [index, secret] of (consumer.secrets ?? []).entries()) {
      if (!secretNames.includes(secret))
        mistakes.push({ path: [...path, "secrets", index], allowed: oneOf(secretNames) });
    }
    for (const [index, volume] of (consumer.volumes ?? []).entries()) {
      if (!volumeNames.includes(volume))
        mistakes.push({ path: [...path, "volumes", index], allowed: oneOf(volumeNames) });
    }
    if (path[0] === "services" && settings.app.secretsAs === "environment" && !consumer.command) {
      mistakes.push({
        path: [...path, "command"],
        allowed:
          "the command, since app.secretsAs is environment and the start command exports the secrets",
      });
    }
    if (path[0] === "workers" && consumer.command && !consumer.command.includes("{queues}")) {
      mistakes.push({
        path: [...path, "command"],
        allowed: "a command with the word {queues}, which stands for the queues to consume",
      });
    }
    if (path[0] === "beat" && consumer.command && !consumer.command.includes("{schedule}")) {
      mistakes.push({
        path: [...path, "command"],
        allowed: "a command with the word {schedule}, which stands for the schedule file",
      });
    }
  }
  for (const both of secretNames.filter((name) => name in settings.settings)) {
    mistakes.push({
      path: ["settings", both],
      allowed: "a name that is not among secrets as well",
      remedy: `rm --path slipway:settings.${both}`,
    });
  }
  return mistakes;
}

function referenceMistakes(settings: StackSettings): Mistake[] {
  const known = knownReferences({
    postgres: settings.postgres.mode !== "none",
    redis: settings.redis.mode !== "none",
  });
  const check = (
    path: (string | number)[],
    values: Record<string, string>,
    allowed: string[],
  ): Mistake[] =>
    Object.entries(values).flatMap(([name, value]) =>
      referencesIn(value)
        .filter((reference) => !allowed.includes(reference))
        .map((reference) => ({
          path: [...path, name],
          allowed: `{${reference}} is not known here; known are ${allowed.map((each) => `{${each}}`).join(", ")}`,
        })),
    );
  return [
    ...check(["settings"], settings.settings, known.plain),
    ...check(["secrets"], settings.secrets, known.all),
    ...consumersOf(settings).flatMap(({ path, settings: consumer }) =>
      check([...path, "settings"], consumer.settings, known.plain),
    ),
    ...check(["migration", "settings"], settings.migration.settings, known.plain),
    ...check(["migration", "secrets"], settings.migration.secrets, known.all),
  ];
}

function edgeMistakes({ edge, tls }: StackSettings): Mistake[] {
  const mistakes: Mistake[] = [];
  if (edge.httpPort === edge.httpsPort) {
    mistakes.push({ path: ["edge", "httpsPort"], allowed: "another port than edge.httpPort" });
  }
  if (edge.certificates === "provided" && !tls) {
    mistakes.push({
      path: ["tls"],
      allowed: "certificate and key in PEM, since edge.certificates is provided",
      remedy: "set --secret --path slipway:tls.certificate < certificate.pem",
    });
  }
  if (edge.mode === "own" && edge.certificates === "acme" && !edge.email) {
    mistakes.push({
      path: ["edge", "email"],
      allowed: "a mail address, since edge.certificates is acme",
    });
  }
  return mistakes;
}
