import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { type HostFilesArgs, hostFiles } from "../../components/host-files.ts";
import { host, variablesOf } from "./environment.ts";
import { record, secret } from "./record.ts";

const recorder = await record();
const directory = { kind: "directory", path: ".", mode: "0500", owner: "999:999" } as const;
const file = { kind: "file", path: "password", mode: "0400", owner: "999:999" } as const;

afterEach(() => void recorder.clear());

async function written(files: HostFilesArgs["files"], moves = false) {
  hostFiles("secrets", { host, directory: "staging/postgres", files, moves });
  await recorder.wait();
  return recorder.named("secrets");
}

test("directories and files go in a line each, contents in base64", async () => {
  const { inputs } = await written([directory, { ...file, content: "it's\nß $(id)" }]);
  const { DIRECTORY, FILES = "" } = variablesOf(inputs.stdin);
  expect(DIRECTORY).toBe("staging/postgres");
  const [first, second = ""] = FILES.split("\n");
  expect(first).toBe("d . 0500 999:999");
  const [kind, path, mode, owner, content = ""] = second.split(" ");
  expect([kind, path, mode, owner]).toEqual(["f", "password", "0400", "999:999"]);
  expect(Buffer.from(content, "base64").toString()).toBe("it's\nß $(id)");
});

test("a secret content is secret, and its base64 is nowhere to be seen", async () => {
  const { shown, inputs } = await written([{ ...file, content: pulumi.secret("planted") }]);
  expect(shown.stdin).toBe(secret);
  expect(inputs.stdin).toContain(Buffer.from("planted").toString("base64"));
  expect(JSON.stringify(shown)).not.toContain(Buffer.from("planted").toString("base64"));
});

test("in another place it is another resource, when told so", async () => {
  expect((await written([directory])).inputs).not.toHaveProperty("triggers");
  recorder.clear();
  expect((await written([directory], true)).inputs.triggers).toEqual(["staging/postgres"]);
});

test("the directory goes with the resource", async () => {
  expect((await written([directory])).inputs.delete).toContain("bash -s -- remove");
});
