import { beforeAll, expect, test } from "vitest";
import { edgeNetwork, edgeNetworkName } from "../../components/edge-network.ts";
import { host, variablesOf } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();

beforeAll(async () => {
  edgeNetwork("plain", { host, stack: "production", edge: "edge", ipv6: false });
  edgeNetwork("with-ipv6", { host, stack: "production", edge: "edge", ipv6: true });
  await recorder.wait();
});

test("its name comes before that of every environment's network, so that Docker leaves the ports where they are", () => {
  const names = ["a", "a-b", "edge", "staging"].map((stack) => `slipway-${stack}-edge`);
  for (const ipv6 of [false, true]) {
    const own = edgeNetworkName("zone", ipv6);
    for (const name of names) expect(own < name, name).toBe(true);
  }
});

test("with IPv6 it is another network, which is there before the one without goes", () => {
  const [plain, other] = [recorder.named("plain").inputs, recorder.named("with-ipv6").inputs];
  expect(variablesOf(plain.stdin)).toMatchObject({ NETWORK: "slipway-0-edge", DUAL_STACK: "" });
  expect(variablesOf(other.stdin)).toMatchObject({
    NETWORK: "slipway-0-edge-ipv6",
    DUAL_STACK: "yes",
  });
  expect(other.triggers).not.toEqual(plain.triggers);
  expect(plain.delete).toContain("bash -s -- remove");
});
