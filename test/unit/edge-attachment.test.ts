import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { type EdgeAttachmentArgs, edgeAttachment } from "../../components/edge-attachment.ts";
import { host, variablesOf } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();
const network = "slipway-staging-edge";

afterEach(() => void recorder.clear());

async function attach(changes: Partial<EdgeAttachmentArgs> = {}) {
  const listening = { address: "0.0.0.0", httpPort: 80, httpsPort: 443 };
  edgeAttachment("attachment", {
    ...{ host, stack: "staging", edge: "front", network, ...listening, ...changes },
  });
  await recorder.wait();
  return recorder.named("attachment");
}

test("the edge is put on the environment's network, and taken off when the environment goes", async () => {
  const { inputs } = await attach();
  expect(variablesOf(inputs.stdin)).toMatchObject({
    ...{
      STACK: "staging",
      EDGE: "slipway-front",
      NETWORK: "slipway-staging-edge",
      EDGE_CONTAINER: "",
      ...{ EDGE_ADDRESS: "127.0.0.1", HTTP_PORT: "80", EDGE_PORT: "443" },
    },
  });
  expect(inputs.delete).toContain("bash -s -- remove");
});

test("a new container of the edge is attached again, to the networks of all that it has routes of", async () => {
  const { inputs } = await attach({ container: pulumi.output("a1b2") });
  expect(variablesOf(inputs.stdin)).toMatchObject({
    ...{ EDGE_CONTAINER: "a1b2", EDGE_DIRECTORY: "edges/front" },
  });
});

test("at another edge it is another attachment", async () => {
  expect((await attach()).inputs.triggers).toEqual(["front"]);
});
