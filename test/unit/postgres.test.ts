import { isSecret, type Output } from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import type { HostFile } from "../../components/host-files.ts";
import { passwords } from "../../components/passwords.ts";
import { Postgres, type PostgresArgs, postgresFiles } from "../../components/postgres.ts";
import { host, variablesOf } from "./environment.ts";
import { passwordOf, record, secret } from "./record.ts";

const recorder = await record();

afterEach(() => void recorder.clear());

async function declare(changes: Partial<PostgresArgs> = {}) {
  const server = new Postgres("postgres", {
    ...{ host, stack: "staging", database: "erp", memoryMegabytes: 512, maxProcesses: 512 },
    image: `sha256:${"1".repeat(64)}`,
    network: "slipway-staging-data",
    parameters: {},
    passwords: passwords("passwords"),
    passwordGeneration: 1,
    ...{ lockSeconds: 5, statementSeconds: 300, archives: true, emptyVolume: "refuse" },
    files: { volumes: ["slipway-staging-uploads"] },
    ...changes,
  });
  await recorder.wait();
  return server;
}

function rolesOf() {
  return variablesOf(recorder.named("postgres-roles").inputs.stdin);
}

test("the server answers as postgres on the data network, and nowhere else", async () => {
  await declare();
  const { inputs } = recorder.named("postgres-server");
  expect(inputs.networksAdvanced).toEqual([
    { name: "slipway-staging-data", aliases: ["postgres"] },
  ]);
  expect(inputs).not.toHaveProperty("ports");
});

test("its data has checksums and lies on a volume that outlives the stack", async () => {
  await declare();
  const { inputs } = recorder.named("postgres-server");
  expect(inputs.envs).toContain("POSTGRES_INITDB_ARGS=--data-checksums");
  const [data] = inputs.volumes;
  expect(data).toEqual({
    volumeName: "slipway-staging-postgres",
    containerPath: "/var/lib/postgresql/data",
  });
  const volume = recorder.named("postgres-data");
  expect(volume.inputs.name).toBe("slipway-staging-postgres");
  expect(volume.options).toMatchObject({ retainOnDelete: true, protect: false });
});

test("its parameters are flags, and one that is given holds", async () => {
  await declare({ memoryMegabytes: 1024, parameters: { shared_buffers: "300MB", jit: "off" } });
  const flags: string[] = recorder.named("postgres-server").inputs.command;
  expect(flags).toContain("effective_cache_size=512MB");
  expect(flags).toContain("jit=off");
  expect(flags.filter((flag) => flag.startsWith("shared_buffers="))).toEqual([
    "shared_buffers=300MB",
  ]);
});

test("it stops by a fast shutdown with time to write what it has", async () => {
  await declare();
  expect(recorder.named("postgres-server").inputs).toMatchObject({
    ...{ stopSignal: "SIGINT", stopTimeout: 120, destroyGraceSeconds: 120 },
  });
});

test("an image is looked at before anything that has the data", async () => {
  await declare();
  const checked = recorder.named("postgres-checked");
  const variables = variablesOf(checked.inputs.stdin);
  expect(variables).toMatchObject({ STACK: "staging", IMAGE: `sha256:${"1".repeat(64)}` });
  const data = recorder.named("postgres-data");
  expect(data.dependencies).toContain(checked.urn);
  expect(recorder.named("postgres-server").dependencies).toContain(data.urn);
});

test("its name is taken, so the old one goes before a new one comes", async () => {
  await declare();
  const { inputs, options } = recorder.named("postgres-server");
  expect(inputs.name).toBe("slipway-staging-postgres");
  expect(options.deleteBeforeReplace).toBe(true);
});

test("the superuser's password is a file for the server's user alone", async () => {
  const [directory, file] = postgresFiles(passwords("passwords"));
  expect(directory).toMatchObject({ path: "postgres", mode: "0500", owner: "999:999" });
  expect(file).toMatchObject({ path: "postgres/password", mode: "0400", owner: "999:999" });
  const { content } = file as HostFile;
  expect(await isSecret(content as Output<string>)).toBe(true);
  expect(await resolved(content as Output<string>)).toBe(passwordOf("postgres superuser"));
});

test("the server reads its files from the environment's directory", async () => {
  await declare();
  expect(recorder.named("postgres-server").inputs.volumes).toContainEqual({
    hostPath: `${host.directory}/staging/postgres`,
    containerPath: "/run/secrets",
    readOnly: true,
  });
});

test("the first generation has one login for each role", async () => {
  const server = await declare();
  const passwords = {
    owner: passwordOf("postgres owner 1"),
    app: passwordOf("postgres app 1"),
    backup: passwordOf("postgres backup 1"),
    readonly: passwordOf("postgres readonly 1"),
  };
  expect(recorder.named("postgres-roles").shown.stdin).toBe(secret);
  expect(rolesOf()).toMatchObject({
    DATABASE: "erp",
    CONTAINER: "id-of-postgres-server",
    LOGINS: Object.entries(passwords)
      .map(([group, password]) => `${group} ${group}_g1 ${password}`)
      .join("\n"),
  });
  for (const group of ["owner", "app", "backup", "readonly"] as const)
    expect(await resolved(server.passwords[group])).toBe(passwords[group]);
});

test("a migration's limits go to the script that sets the roles", async () => {
  await declare({ lockSeconds: 3, statementSeconds: 60 });
  expect(rolesOf()).toMatchObject({ LOCK_SECONDS: "3", STATEMENT_SECONDS: "60" });
});

test("the next generation goes on with the logins of the one before, which old releases use", async () => {
  const server = await declare({ passwordGeneration: 3 });
  const logins = rolesOf()
    .LOGINS?.split("\n")
    .map((line) => line.split(" ")[1]);
  const groups = ["owner", "app", "backup", "readonly"];
  expect(logins).toEqual([2, 3].flatMap((each) => groups.map((group) => `${group}_g${each}`)));
  expect(await resolved(server.passwords.app)).toBe(passwordOf("postgres app 3"));
  // Were it made from anything else than its generation, a password would change when the next one comes.
  expect(rolesOf().LOGINS).toContain(`app app_g2 ${passwordOf("postgres app 2")}\n`);
});

function resolved<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}
