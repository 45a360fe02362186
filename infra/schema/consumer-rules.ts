import { pendingCommand } from "../pending-command.ts";
import { consumersOf, type Mistake, rule } from "./rule.ts";

/** What runs the application, and what it is given. */
export const consumerRules = [
  rule(["services", "workers"], ({ services, workers }) =>
    Object.keys(workers)
      .filter((name) => Object.hasOwn(services, name))
      .map((name) => ({
        path: ["workers", name],
        allowed: `a worker of another name, since there is a service ${name}`,
        example: "remove",
      })),
  ),

  rule(["app", "services", "workers", "beat", "migration"], ({ app, migration, ...consumers }) => {
    if (app.image) return [];
    const all = consumersOf(consumers);
    const without = all.filter(([, { image }]) => !image);
    const forAll = migration.enabled || (all.length > 0 && without.length === all.length);
    return (forAll ? [["app"]] : without.map(([path]) => path)).map((path) => ({
      path: [...path, "image"],
      allowed:
        "an image by digest, here or for the whole application as app.image, since none ran before that could stay",
      example: { value: "registry.example.com/erp@sha256:<64 hex digits>" },
    }));
  }),

  rule(["app", "workers", "beat"], ({ app, workers, beat }) =>
    !app.celery && (Object.keys(workers).length > 0 || beat.enabled)
      ? [
          {
            path: ["app", "celery"],
            allowed: "the Celery application (celery -A NAME), since there are workers or beat",
            example: { value: "erp.worker" },
          },
        ]
      : [],
  ),

  rule(["workers", "beat"], ({ workers, beat }) =>
    beat.enabled && Object.keys(workers).length === 0
      ? [
          {
            path: ["workers"],
            allowed: "at least one worker, since beat is on and its tasks would pile up",
            example: { value: "default", under: ".worker.queues[0]" },
          },
        ]
      : [],
  ),

  rule(["services", "workers", "migration"], ({ services, workers, migration }) =>
    migration.enabled && Object.keys({ ...services, ...workers }).length === 0
      ? [
          {
            path: ["migration", "enabled"],
            allowed: "false, since there is no service and no worker to migrate for",
            example: { value: "false" },
          },
        ]
      : [],
  ),

  rule(["migration"], ({ migration }) =>
    migration.enabled && !pendingCommand(migration)
      ? [
          {
            path: ["migration", "pending"],
            allowed:
              "the command that prints pending migrations, a line each, since migration.command is not `alembic upgrade`",
            example: { value: "sh", under: "[0]" },
          },
        ]
      : [],
  ),

  rule(["secrets", "services", "workers", "beat"], ({ secrets, ...consumers }) =>
    consumersOf(consumers).flatMap(([path, each]) =>
      unknown([...path, "secrets"], each.secrets, Object.keys(secrets)),
    ),
  ),

  rule(["app", "services", "workers", "beat"], ({ app, ...consumers }) =>
    consumersOf(consumers).flatMap(([path, each]) =>
      unknown([...path, "volumes"], each.volumes, Object.keys(app.volumes)),
    ),
  ),

  rule(["app"], ({ app }) => {
    const places = Object.values(app.volumes);
    return Object.entries(app.volumes)
      .filter(([, place], index) => places.indexOf(place) < index)
      .map(([name]) => ({
        path: ["app", "volumes", name],
        allowed: "a place that no other volume is mounted at",
        example: { value: `/var/lib/${name}` },
      }));
  }),

  rule(["app", "services"], ({ app, services }) =>
    Object.entries(services)
      .filter(([, { command }]) => app.secretsAs === "environment" && !command)
      .map(([name]) => ({
        path: ["services", name, "command"],
        allowed:
          "the command, since app.secretsAs is environment and the start command exports the secrets",
        example: { value: "uvicorn", under: "[0]" },
      })),
  ),

  rule(["workers", "beat"], ({ workers, beat }) => [
    ...Object.entries(workers)
      .filter(([, { command }]) => command && !command.includes("{queues}"))
      .map(([name]) => ({
        path: ["workers", name, "command"],
        allowed: "a command with the word {queues}, which stands for the queues to consume",
        example: { value: "celery", under: "[0]" },
      })),
    ...(beat.enabled && beat.command && !beat.command.includes("{schedule}")
      ? [
          {
            path: ["beat", "command"],
            allowed: "a command with the word {schedule}, which stands for the schedule file",
            example: { value: "celery", under: "[0]" },
          },
        ]
      : []),
  ]),
];

function unknown(path: string[], named: string[] | undefined, known: string[]): Mistake[] {
  const allowed =
    known.length > 0 ? `one of ${known.join(", ")}` : "nothing, since none is declared";
  return [...(named ?? []).entries()]
    .filter(([, name]) => !known.includes(name))
    .map(([index]) => ({ path: [...path, index], allowed, example: "remove" }));
}
