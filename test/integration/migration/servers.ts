import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { docker } from "../../throw-away.ts";
import type { MigrationWorld } from "./world.ts";

/** Postgres with its roles, Redis, and an edge with routes to the release that serves. */
export async function startServers(world: MigrationWorld): Promise<void> {
  await Promise.all([startPostgres(world), startRedis(world), startEdge(world)]);
}

async function startPostgres(world: MigrationWorld): Promise<void> {
  world.write("postgres/password", "superuser-password", 0o400);
  await execa("chown", ["-R", "999:999", world.file("postgres")]);
  world.write("pgbackrest/pgbackrest.conf", repository, 0o400);
  world.write("pgbackrest/archive-wal.sh", archiveScript, 0o500);
  await execa("chown", ["-R", "999:999", world.file("pgbackrest")]);
  const run = "rw,nosuid,nodev,uid=999,gid=999,mode=0755,size=1m";
  await docker(
    ...["run", "--detach", "--name", world.named("postgres"), ...world.label, "--user", "999:999"],
    ...["--label", "slipway.role=postgres", "--network", world.named("data")],
    ...["--network-alias", "postgres", "--read-only", "--memory", "512m", "--shm-size", "128m"],
    ...["--tmpfs", "/tmp", "--tmpfs", `/var/run/postgresql:${run}`, "--cap-drop", "ALL"],
    ...["--volume", `${world.named("postgres")}:/var/lib/postgresql/data`],
    ...["--volume", `${world.file("postgres")}:/run/secrets:ro`],
    ...["--volume", `${world.named("backups")}:/var/lib/pgbackrest`],
    ...["--volume", `${world.file("pgbackrest")}:/etc/pgbackrest:ro`],
    ...["--env", "PGBACKREST_PG1_PATH=/var/lib/postgresql/data"],
    ...[
      "--env",
      "POSTGRES_INITDB_ARGS=--data-checksums",
      "--env",
      "PGDATA=/var/lib/postgresql/data",
    ],
    ...["--env", "POSTGRES_PASSWORD_FILE=/run/secrets/password", world.images.postgres],
    ...["postgres", "-c", "password_encryption=scram-sha-256", "-c", "archive_mode=on"],
    ...["-c", "archive_command=sh /etc/pgbackrest/archive-wal.sh %p"],
  );
  await world.run("postgres-roles", "apply", {
    ...{
      CONTAINER: world.named("postgres"),
      DATABASE: world.database,
      SUPERUSER_PASSWORD: "superuser-password",
    },
    ...{ LOGINS: `owner owner_g1 ${world.passwords.owner}\napp app_g1 ${world.passwords.app}` },
    ...{ LOCK_SECONDS: "1", STATEMENT_SECONDS: "5" },
  });
}

/** As components/backup-repository.ts has it, in short. */
const repository = `[global]
repo1-path=/var/lib/pgbackrest
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=0123456789abcdef
repo1-bundle=y
repo1-retention-full=1
compress-type=zst
start-fast=y
lock-path=/tmp/pgbackrest
log-level-file=off
log-level-console=warn
`;
const archiveScript = readFileSync(
  new URL("../../../scripts/container/archive-wal.sh", import.meta.url),
  "utf8",
).replace("@QUEUE@", "64");

async function startRedis(world: MigrationWorld): Promise<void> {
  world.write(
    "redis/users.acl",
    "user default off\nuser admin on >admin-password ~* &* +@all\nuser app on >redis-password ~* &* +@all\n",
    0o400,
  );
  await execa("chown", ["-R", "999:999", world.file("redis")]);
  await docker(
    ...["run", "--detach", "--name", world.named("redis"), ...world.label, "--user", "999:999"],
    ...[
      "--label",
      "slipway.role=redis",
      "--network",
      world.named("data"),
      "--network-alias",
      "redis",
    ],
    ...[
      "--volume",
      `${world.named("redis")}:/data`,
      "--volume",
      `${world.file("redis")}:/run/secrets:ro`,
    ],
    ...[
      world.images.redis,
      "redis-server",
      "--dir",
      "/data",
      "--aclfile",
      "/run/secrets/users.acl",
    ],
  );
}

async function startEdge(world: MigrationWorld): Promise<void> {
  const url = `http://web-${world.live}-1:8000`;
  const app = { rule: "Host(`app.test`)", entryPoints: ["websecure"], service: "app", tls: {} };
  const services = { app: { loadBalancer: { servers: [{ url }] } } };
  const routes = JSON.stringify({ http: { routers: { app }, services } }, null, 2);
  const dynamic = join(world.directory, "edges/edge/dynamic");
  mkdirSync(dynamic, { recursive: true });
  writeFileSync(join(dynamic, `${world.stack}.yml`), routes);
  await docker(
    ...[
      "run",
      "--detach",
      "--name",
      world.named("traefik"),
      ...world.label,
      "--label",
      "slipway.role=edge",
    ],
    ...["--network", world.named("edge"), "--publish", `127.0.0.1:${world.httpsPort}:8443`],
    ...["--volume", `${dynamic}:/dynamic:ro`, world.images.traefik],
    ...["--providers.file.directory=/dynamic", "--entrypoints.websecure.address=:8443"],
    "--providers.providersThrottleDuration=100ms",
  );
}
