import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { hostCommand } from "../../components/host-command.ts";
import { record, secret } from "./record.ts";

const recorder = await record();
const host = {
  engine: "unix:///var/run/docker.sock",
  directory: "/var/lib/slipway",
  helperImage: "helper",
};

afterEach(() => void recorder.clear());

test("script and variables go in by standard input alone", async () => {
  const variables = { STACK: "staging", DATA_NETWORK: "a b" };
  hostCommand("kept", { host, script: "networks", variables });
  await recorder.wait();
  const { inputs } = recorder.named("kept");
  expect(inputs).toMatchObject({
    create: "exec timeout --kill-after=10 120 bash -s -- apply",
    update: "exec timeout --kill-after=10 120 bash -s -- apply",
    logging: "none",
    addPreviousOutputInEnv: false,
  });
  expect(inputs.stdin).toContain("DATA_NETWORK='a b'");
  expect(inputs).not.toHaveProperty("environment");
  expect(inputs).not.toHaveProperty("triggers");
});

test("it is deleted by a script only when told so, with a limit of its own", async () => {
  const args = { host, script: "networks", variables: {} };
  hostCommand("stays", args);
  hostCommand("goes", { ...args, removes: true, timeoutSeconds: 5, shows: true });
  await recorder.wait();
  expect(recorder.named("stays").inputs).not.toHaveProperty("delete");
  expect(recorder.named("goes").inputs).toMatchObject({
    delete: "exec timeout --kill-after=10 5 bash -s -- remove",
    logging: "stdout",
  });
});

test("one secret variable makes all that the script gets secret, and nothing else", async () => {
  const variables = { STACK: "staging", DATA_NETWORK: pulumi.secret("planted") };
  hostCommand("kept", { host, script: "networks", variables });
  await recorder.wait();
  const { inputs, shown } = recorder.named("kept");
  expect(shown.stdin).toBe(secret);
  expect(inputs.stdin).toContain("DATA_NETWORK='planted'");
  expect(JSON.stringify(shown)).not.toContain("planted");
});

test("without a secret variable the script is shown", async () => {
  hostCommand("kept", { host, script: "networks", variables: { STACK: "staging" } });
  await recorder.wait();
  expect(recorder.named("kept").shown.stdin).toContain("STACK='staging'");
});

test("a host with an address gets its scripts by SSH, its key pinned, the private key a secret", async () => {
  const ssh = { address: "203.0.113.10", user: "deploy", port: 22, hostKey: "ssh-ed25519 AAAA" };
  const remote = { ...host, ssh, privateKey: "planted" };
  hostCommand("there", { host: remote, script: "networks", variables: {} });
  await recorder.wait();
  const { type, inputs, shown } = recorder.named("there");
  expect(type).toBe("command:remote:Command");
  expect(inputs).toMatchObject({
    create: "exec timeout --kill-after=10 120 bash -s -- apply",
    connection: { host: "203.0.113.10", user: "deploy", port: 22, hostKey: "ssh-ed25519 AAAA" },
  });
  expect(inputs.connection).toMatchObject({ dialErrorLimit: 3, privateKey: "planted" });
  expect(JSON.stringify(shown)).not.toContain("planted");
  expect(inputs.stdin).toContain("DOCKER_HOST='unix:///var/run/docker.sock'");
});
