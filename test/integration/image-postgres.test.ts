import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { type Images, resolveImages } from "../../scripts/images/resolve-images.ts";
import { addressOf, docker, ending, hardened, throwAway, until, writeFile } from "../throw-away.ts";

const report = { detail() {}, note: (line: string) => console.info(line) };
const password = `it's "quoted" $HOME`;
const make = throwAway();
let images: Images;

beforeAll(async () => {
  images = await resolveImages(report);
});

const answers = (container: string) =>
  until(async () => {
    const ready = await execa("docker", ["exec", container, "pg_isready", "--host=127.0.0.1"], {
      reject: false,
    });
    return ready.failed ? undefined : true;
  });

const sql = (container: string, statement: string, ...flags: string[]) =>
  docker(
    "exec",
    container,
    "psql",
    "--username=postgres",
    "--no-psqlrc",
    "-At",
    "-c",
    statement,
    ...flags,
  );

const logIn = async (container: string, secret: string) =>
  execa(
    "docker",
    [
      "exec",
      "--env",
      "PGPASSWORD",
      container,
      "psql",
      "--no-password",
      "--username=postgres",
      "-Atc",
      "SELECT 'in'",
    ].concat(`--host=${await addressOf(container)}`),
    { env: { PGPASSWORD: secret }, reject: false },
  );

test("runs hardened as its own user, with a password from a file, checksums and parameters", async () => {
  const [data, secrets] = [await make.volume(), await make.volume()];
  await writeFile(images.helper, secrets, {
    path: "password",
    content: password,
    owner: "999:999",
  });
  const server = await make.container(
    ...hardened,
    "--user=999:999",
    `--volume=${data}:/var/lib/postgresql/data`,
    `--volume=${secrets}:/run/secrets:ro`,
    "--tmpfs=/tmp",
    "--tmpfs=/var/run/postgresql:uid=999,gid=999,mode=0755",
    "--env=POSTGRES_PASSWORD_FILE=/run/secrets/password",
    "--env=POSTGRES_INITDB_ARGS=--data-checksums",
    images.postgres,
    ...["postgres", "-c", "shared_buffers=64MB"],
  );
  await answers(server);

  expect(await sql(server, "SHOW data_checksums")).toBe("on");
  expect(await sql(server, "SHOW shared_buffers")).toBe("64MB");
  expect(await sql(server, "SHOW server_encoding")).toBe("UTF8");
  expect(await sql(server, "SHOW server_version_num")).toMatch(/^17/);
  expect((await logIn(server, password)).stdout).toBe("in");
  expect((await logIn(server, "wrong")).stderr).toContain("password authentication failed");
  expect((await logIn(server, "")).stderr).toContain("no password supplied");
  expect(await docker("inspect", server)).not.toContain("quoted");

  await sql(server, "CREATE TABLE kept AS SELECT 42 AS answer");
  await docker("restart", server);
  await answers(server);
  expect(await sql(server, "SELECT answer FROM kept")).toBe("42");
  // The image's stop signal is the fast shutdown, which a session that is open does not hold up.
  const session = execa(
    "docker",
    ["exec", server, "psql", "--username=postgres", "-c", "SELECT pg_sleep(60)"],
    { reject: false },
  );
  await until(
    async () =>
      (await sql(server, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(60)'")) ===
        "1" || undefined,
  );
  await docker("stop", server);
  await session;
  const { code, log } = await ending(server);
  expect(code).toBe(0);
  expect(log).toContain("database system is shut down");
});

test("started as root it drops to its own user, makes the named user and database, and runs the initial scripts", async () => {
  const scripts = await make.volume();
  const script = (path: string, content: string) =>
    writeFile(images.helper, scripts, { path, content, owner: "999:999", mode: "0444" });
  await script("1.sql", "CREATE TABLE steps (name text);");
  await script(
    "2.sh",
    'psql --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" -c "INSERT INTO steps VALUES (\'shell\')"',
  );
  const server = await make.container(
    `--volume=${scripts}:/docker-entrypoint-initdb.d:ro`,
    "--env=POSTGRES_PASSWORD=secret",
    "--env=POSTGRES_USER=alice",
    "--env=POSTGRES_DB=my-shop",
    images.postgres,
    ...["-c", "work_mem=8MB"],
  );
  await answers(server);
  const psql = (statement: string) =>
    docker("exec", server, "psql", "--username=alice", "--dbname=my-shop", "-Atc", statement);
  expect(await psql("SELECT name FROM steps")).toBe("shell");
  expect(await psql("SHOW work_mem")).toBe("8MB");
  expect(await psql("SELECT rolsuper FROM pg_roles WHERE rolname = 'alice'")).toBe("t");
  expect(
    await docker("exec", server, "stat", "-c", "%u:%g %a", "/proc/1", "/var/lib/postgresql/data"),
  ).toBe("999:999 555\n999:999 700");
  await docker("kill", "--signal=TERM", server);
  expect((await ending(server)).code).toBe(0);
});

test.each([
  ["no password", [], "superuser password is not specified"],
  [
    "a password given twice",
    ["--env=POSTGRES_PASSWORD=one", "--env=POSTGRES_PASSWORD_FILE=/etc/hostname"],
    "both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are set",
  ],
])("refuses %s", async (_, flags, reason) => {
  const { code, log } = await ending(await make.container(...flags, images.postgres));
  expect(code).toBe(1);
  expect(log).toContain(reason);
});

test("has the programs that back-ups use", async () => {
  const programs = "psql pg_dump pg_restore pg_basebackup initdb postgres gzip zstd flock";
  const run = docker(
    "run",
    "--rm",
    images.postgres,
    "sh",
    "-euc",
    `for each in ${programs}; do command -v $each; done`,
  );
  expect((await run).split("\n")).toHaveLength(programs.split(" ").length);
  expect(await docker("run", "--rm", images.postgres, "--version")).toMatch(
    /^postgres \(PostgreSQL\) 17\./,
  );
});
