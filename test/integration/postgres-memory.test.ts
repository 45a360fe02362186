import { execa } from "execa";
import { expect, test } from "vitest";
import { postgresParameters } from "../../components/postgres-parameters.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker, hardened, throwAway, until } from "../throw-away.ts";

const make = throwAway();

test("a server that is asked on all of its connections at once stays within its memory", async () => {
  const memory = 128;
  const parameters = postgresParameters(memory, { fsync: "off" });
  const { postgres } = await resolveImages({ detail: () => {}, note: console.info });
  const server = await make.container(
    ...[...hardened, "--user=999:999", "--tmpfs=/tmp", "--env=POSTGRES_PASSWORD=superuser"],
    ...["--tmpfs=/var/run/postgresql:uid=999,gid=999,mode=0755", "--shm-size=128m"],
    ...[`--memory=${memory}m`, `--memory-swap=${memory}m`, postgres, "postgres"],
    ...Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  );
  const inside = (script: string) =>
    execa("docker", ["exec", "--interactive", server, "sh", "-euc", script], { reject: false });
  await until(async () =>
    (await inside("pg_isready --quiet --host=127.0.0.1")).failed ? undefined : true,
  );
  const rows = "SELECT id, md5(id::text) AS name FROM generate_series(1, 60000) id";
  await inside(`psql --username=postgres --command='CREATE TABLE items AS ${rows}'`);

  // A hash of every row, which is more than a query may keep in memory. The last places are the superuser's.
  const clients = Number(parameters.max_connections) - 3;
  const load = await inside(`
    echo 'SELECT name, count(*) FROM items GROUP BY name ORDER BY 2, 1 LIMIT 1;' >/tmp/query
    pgbench --username=postgres --no-vacuum --file=/tmp/query --client=${clients} --jobs=2 --transactions=1 postgres`);
  expect(load.exitCode, load.stderr).toBe(0);
  expect(load.stdout).toContain(`transactions actually processed: ${clients}/${clients}`);
  expect(await docker("logs", server)).not.toContain("terminated by signal");
  const { stdout: temporary } = await inside(
    "psql --username=postgres -Atc 'SELECT sum(temp_bytes) > 0 FROM pg_stat_database'",
  );
  expect(temporary).toBe("t");
});
