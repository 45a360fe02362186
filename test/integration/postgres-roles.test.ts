import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { hostScript, runScript } from "../../components/host-script.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker, hardened, throwAway } from "../throw-away.ts";

const make = throwAway();
let server: string;

const groups = ["owner", "app", "backup", "readonly"] as const;

/** Brings the roles to those of some generations; the older ones are turned off. */
async function setRoles(...generations: number[]): Promise<void> {
  const logins = generations.flatMap((each) =>
    groups.map((group) => `${group} ${group}_g${each} ${group}`),
  );
  const engine = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const host = { engine, directory: "/nowhere", helperImage: "" };
  const input = hostScript("postgres-roles", host, {
    ...{ CONTAINER: server, DATABASE: "app", SUPERUSER_PASSWORD: "superuser" },
    ...{ LOCK_SECONDS: "1", STATEMENT_SECONDS: "5", LOGINS: logins.join("\n") },
  });
  await execa("sh", ["-c", runScript("apply", 90)], { input });
}

/** What the server's own superuser gets. */
const psql = (statement: string, login = "postgres") =>
  docker("exec", server, "psql", "-qAt", `--username=${login}`, "--dbname=app", "-c", statement);

/**
 * What each group's login gets for each statement, by its password; a dash when it may not, and of another error the
 * first line. All in one way into the container.
 */
async function ask(generation: number, ...statements: string[]): Promise<string[]> {
  const script = `for statement; do for group in ${groups.join(" ")}; do
    PGPASSWORD=$group psql --no-psqlrc -qAt --set=ON_ERROR_STOP=1 --host="$(hostname -i)" --dbname=app \
      --username="\${group}_g${generation}" --command="$statement" 2>&1 | head -n 1; done; done`;
  const said = (await docker("exec", server, "sh", "-c", script, "ask", ...statements)).split("\n");
  const got = said.map((line) => (denied.test(line) ? "-" : line));
  return statements.map((_, at) =>
    got.slice(groups.length * at, groups.length * (at + 1)).join(" "),
  );
}

const policy = "ENABLE ROW LEVEL SECURITY; CREATE POLICY nobody ON guarded USING (false)";

beforeAll(async () => {
  const { postgres } = await resolveImages({ detail: () => {}, note: console.info });
  server = await make.container(
    ...[...hardened, "--user=999:999", "--tmpfs=/tmp", "--env=POSTGRES_PASSWORD=superuser"],
    ...["--tmpfs=/var/run/postgresql:uid=999,gid=999,mode=0755", "--memory=128m", postgres],
    ...["postgres", "-c", "fsync=off"],
  );
  await setRoles(1);
  // As in a database that was there before these roles were.
  await psql("ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE ALL ON TABLES FROM readonly");
  await psql("CREATE TABLE before (id int); INSERT INTO before VALUES (1)", "owner_g1");
  await setRoles(1);
  await psql(
    `CREATE TABLE items (id serial, name text); INSERT INTO items (name) VALUES ('one');
     CREATE VIEW names AS SELECT name FROM items;
     CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM items;
     CREATE TABLE guarded (id int); INSERT INTO guarded VALUES (1); ALTER TABLE guarded ${policy};
     CREATE SCHEMA reports; CREATE TABLE reports.monthly (id int); INSERT INTO reports.monthly VALUES (7)`,
    "owner_g1",
  );
}, 120_000);

const denied = /permission denied|must be owner/;

// What somebody may want to do, and what owner, app, backup and readonly get; a dash: they may not.
const rights = [
  ["read a table", "SELECT name FROM items", "one one one one"],
  ["read one that was there before the role", "SELECT id FROM before", "1 1 1 1"],
  ["read a view", "SELECT name FROM names", "one one one one"],
  ["read a materialized view", "SELECT * FROM counted", "1 1 1 1"],
  ["read a schema that a migration made", "SELECT id FROM reports.monthly", "7 - 7 7"],
  ["look at a sequence", "SELECT last_value FROM items_id_seq", "1 1 1 1"],
  ["read what a policy hides", "SELECT count(*) FROM guarded", "1 0 1 0"],
  ["read passwords", "SELECT count(*) > 4 FROM pg_authid", "- - t -"],
  ["write", "INSERT INTO items (name) VALUES ('x') RETURNING 'in'", "in in - -"],
  ["delete", "DELETE FROM before RETURNING 'out'", "out out - -"],
  ["advance a sequence", "SELECT nextval('items_id_seq') > 0", "t t - -"],
  ["truncate", "TRUNCATE guarded; SELECT 'empty'", "empty - - -"],
  ["make a table", "CREATE TABLE public.t (); SELECT 'made'", "made - - -"],
  ["make a temporary one", "CREATE TEMP TABLE t (); SELECT 'made'", "made made - -"],
  ["make a schema", "CREATE SCHEMA s; SELECT 'made'", "made - - -"],
  ["make a role", "CREATE ROLE r", "- - - -"],
  ["take another role", "SET ROLE postgres", "- - - -"],
  ["read a file of the server", "SELECT pg_read_file('PG_VERSION')", "- - - -"],
  ["run a program", "COPY items TO PROGRAM 'cat'", "- - - -"],
] as const;

test("each role may do what it is for, and nothing else", async () => {
  // The setting is a courtesy that anybody can turn off: what counts is the privilege.
  const statements = rights.map(([, each]) => `BEGIN READ WRITE; ${each}`);
  const answers = await ask(1, ...statements);
  expect(rights.map(([what], at) => [what, answers[at]])).toEqual(
    rights.map(([what, , allowed]) => [what, allowed]),
  );
});

test("who only reads is told so, and one that looks on keeps nobody waiting for long", async () => {
  const names = [
    "default_transaction_read_only",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
  ];
  const all = names.map((each) => `current_setting('${each}')`).join(" || '/' || ");
  expect(await ask(1, `SELECT ${all}`)).toEqual(["off/5s/0 off/0/0 on/0/0 on/1min/1min"]);
});

test("the login for backups dumps the whole server, and the one that reads does not", async () => {
  const dump = (login: string, ...words: string[]) => {
    const password = `PGPASSWORD=${login.split("_")[0]}`;
    const at = ["--host=127.0.0.1", `--username=${login}`];
    const all = ["exec", "--env", password, server, ...words, ...at];
    return execa("docker", all, { reject: false });
  };
  const whole = await dump("backup_g1", "pg_dumpall");
  expect(whole.stderr).toBe("");
  for (const part of [
    "CREATE TABLE reports.monthly",
    "COPY public.guarded",
    "CREATE ROLE app_g1",
    "SCRAM-SHA-256",
  ])
    expect(whole.stdout).toContain(part);
  expect((await dump("readonly_g1", "pg_dumpall")).stderr).toMatch(
    /permission denied for table pg_authid/,
  );
  expect((await dump("readonly_g1", "pg_dump", "app")).stderr).toMatch(
    /row-level security policy for table "guarded"/,
  );
});

test("a generation of logins goes with the one before it, of every group", async () => {
  const names = (generation: number) => [groups.map((each) => `${each}_g${generation}`).join(" ")];
  await setRoles(1, 2);
  expect(await ask(1, "SELECT session_user")).toEqual(names(1));
  await setRoles(2, 3);
  const [refused = ""] = await ask(1, "SELECT session_user");
  expect(refused.match(/is not permitted to log in/g)).toHaveLength(groups.length);
  expect(await ask(2, "SELECT session_user")).toEqual(names(2));
  expect(await ask(3, "SELECT name FROM items WHERE id = 1")).toEqual(["one one one one"]);
  expect(await docker("logs", server)).not.toMatch(/PASSWORD '/);
});
