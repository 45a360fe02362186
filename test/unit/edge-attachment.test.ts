import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { EdgeAttachment, type EdgeAttachmentArgs } from "../../components/edge-attachment.ts";
import { host, variablesOf } from "./environment.ts";
import { record, secret } from "./record.ts";

const recorder = await record();
const network = "slipway-staging-edge";

afterEach(() => void recorder.clear());

async function attach(changes: Partial<EdgeAttachmentArgs> = {}) {
  new EdgeAttachment("attachment", { host, stack: "staging", edge: "front", network, ...changes });
  await recorder.wait();
  return recorder.named("attachment-network");
}

test("the edge is put on the environment's network, and taken off when the environment goes", async () => {
  const { inputs } = await attach();
  expect(variablesOf(inputs.stdin)).toMatchObject({
    ...{ EDGE: "slipway-front", NETWORK: "slipway-staging-edge", EDGE_CONTAINER: "" },
  });
  expect(inputs.delete).toContain("bash -s -- remove");
});

test("a new container of the edge is attached again, to the networks of all that it has routes of", async () => {
  const { inputs } = await attach({ container: pulumi.output("a1b2") });
  expect(variablesOf(inputs.stdin)).toMatchObject({
    ...{ EDGE_CONTAINER: "a1b2", EDGE_DIRECTORY: "edges/front" },
  });
});

test("at another edge it is another attachment, with another certificate", async () => {
  await attach({ tls: { certificate: "the chain", key: pulumi.secret("planted key") } });
  expect(recorder.named("attachment-network").inputs.triggers).toEqual(["front"]);
  expect(recorder.named("attachment-certificate").inputs.triggers).toEqual([
    "edges/front/certificates/staging",
  ]);
});

test("without a certificate no file is written", async () => {
  await attach();
  expect(recorder.all.map((each) => each.name)).not.toContain("attachment-certificate");
});

test("the environment's certificate lies apart from other environments', its key secret and for the edge alone", async () => {
  await attach({ tls: { certificate: "the chain", key: pulumi.secret("planted key") } });
  const { inputs, shown } = recorder.named("attachment-certificate");
  expect(shown.stdin).toBe(secret);
  const { DIRECTORY, FILES } = variablesOf(inputs.stdin);
  expect(DIRECTORY).toBe("edges/front/certificates/staging");
  const key = Buffer.from("planted key").toString("base64");
  expect(FILES?.split("\n")).toContain(`f key.pem 0400 65532:65532 ${key}`);
});
