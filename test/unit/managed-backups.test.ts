import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { hostScript } from "../../components/host-script.ts";
import { images } from "./configuration.ts";
import { host, variablesOf } from "./environment.ts";
import { runProgram, upstream } from "./program.ts";
import { record, secret, types } from "./record.ts";

const recorder = await record();
const postgres = {
  mode: "managed",
  url: "postgresql://app:x@db.example.com/erp",
  ownerUrl: "postgresql://owner:p%2Fss@db.example.com:6432/erp?sslmode=require",
};
const filesOf = () => {
  const { FILES = "" } = variablesOf(recorder.named("environment-files").inputs.stdin);
  const lines = FILES.split("\n").map((line) => line.split(" "));
  return new Map(
    lines.map(([, path = "", , , content = ""]) => [path, Buffer.from(content, "base64")]),
  );
};

describe("a managed Postgres", () => {
  it("is dumped by its owner's login, whose password stands in a file of its own", async () => {
    await runProgram(recorder, { postgres });
    const files = filesOf();
    expect(`${files.get("postgres/password")}`).toBe("p/ss");
    expect(`${files.get("postgres/url")}`).toBe(
      "postgresql://owner@db.example.com:6432/erp?sslmode=require",
    );
    expect([...files.keys()].filter((path) => path.startsWith("pgbackrest/"))).toEqual([
      "pgbackrest/files-1.sh",
    ]);
    expect(recorder.named("environment-files").shown.stdin).toBe(secret);
    const { inputs, shown } = recorder.named("backups");
    expect(shown.stdin).toBe(inputs.stdin);
    expect(inputs.stdin).not.toMatch(/p\/ss|p%2Fss/);
  });

  it("is dumped by programs of the stack's image, on the networks and volume that are there by then", async () => {
    await runProgram(recorder, { postgres });
    const backups = recorder.named("backups");
    const image = recorder.named("backups-image");
    const { BASE, IMAGE } = variablesOf(image.inputs.stdin);
    expect(BASE).toBe(images.postgres);
    expect(variablesOf(backups.inputs.stdin)).toMatchObject({
      ...{ IMAGE, REPOSITORIES: "1", PROVES: "yes", VOLUMES: "slipway-staging-uploads" },
    });
    const volume = recorder.named("backups-repository");
    expect(volume.inputs.name).toBe("slipway-staging-backups");
    expect(volume.options.retainOnDelete).toBe(true);
    const networks = recorder.named("networks");
    expect(variablesOf(networks.inputs.stdin).OFFSITE_NETWORK).toBe("slipway-staging-offsite");
    const before = upstream(recorder, backups);
    for (const each of [image, volume, networks]) expect(before).toContain(each.urn);
  });

  it("of which nothing is to be saved has nothing for it", async () => {
    await runProgram(recorder, {
      postgres,
      "backups.enabled": false,
      "images.postgres": undefined,
    });
    expect(recorder.of(types.command).map(({ name }) => name)).not.toContain("backups");
    expect([...filesOf().keys()].filter((path) => /^p(ostgres|gbackrest)/.test(path))).toEqual([]);
    const networks = recorder.named("networks");
    expect(variablesOf(networks.inputs.stdin).OFFSITE_NETWORK).toBe("");
  });

  it("needs an image to be dumped by", async () => {
    await expect(runProgram(recorder, { postgres, "images.postgres": undefined })).rejects.toThrow(
      /images\.postgres[\s\S]*its pg_dump saves the managed server, unless backups\.enabled is false/,
    );
  });
});

/** Runs lines in the job, with its functions. */
async function inJob(lines: string): Promise<string> {
  const variables = { STACK: "staging", REPOSITORIES: "1", IMAGE: "postgres" };
  const script = hostScript("take-dump", { ...host, directory: "/nowhere" }, variables);
  const input = script.replace('"$1" {', () => `apply() { redact() { cat; }; ${lines}\n}\n"$1" {`);
  return (await execa("bash", ["-s", "apply"], { input })).stdout;
}

describe("a dump that fails", () => {
  const why = (said: string) => inJob(`why_no_dump '${said}'`);

  it("since the server is newer than pg_dump says which image to set", async () => {
    const said = `pg_dump: error: aborting because of server version mismatch
pg_dump: detail: server version: 18.1; pg_dump version: 17.5 (Debian 17.5-1)`;
    expect(await why(said)).toBe(
      "the image has an older pg_dump than the server (server version: 18.1; pg_dump version: 17.5 (Debian 17.5-1)): set slipway:images.postgres to one of the server's version",
    );
  });

  it("for another reason says the first one, in a line", async () => {
    expect(await why("waiting\npg_dump: error: permission denied for table a\nhint: no")).toBe(
      "pg_dump: error: permission denied for table a",
    );
  });
});

it.each([
  ["newest", "b"],
  ["latest", "b"],
  ["a", "a"],
  ["c", ""],
])("of the dumps, %s is one or none", async (which, expected) => {
  const said = await inJob(`choose ${which} <<<$'1 a x\\n2 b y'`);
  expect(said.split(" ")[1] ?? "").toBe(expected);
});
