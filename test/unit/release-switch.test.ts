import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { edgeRoutes } from "../../components/edge-routes.ts";
import { probeRoutes } from "../../components/probe-routes.ts";
import { type ReleaseSwitchArgs, releaseSwitch } from "../../components/release-switch.ts";
import { environment, host, variablesOf } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();
const routes = [
  {
    ...{ service: "api", hosts: ["erp.example.com", "api.example.com"], port: 8000, replicas: 1 },
    redirects: { "www.example.com": "erp.example.com" },
    hidden: ["/metrics"],
  },
];
const args: ReleaseSwitchArgs = {
  ...{ host, environment, release: "0123abcd", edge: "front", ownsEdge: true, address: "0.0.0.0" },
  ...{ routes, httpsPort: 443, certificates: "acme", certificateSeconds: 120 },
  ...{ access: { byPassword: false, addresses: [] }, soakSeconds: 10, maxErrorPercent: 1.5 },
  http: { hsts: { seconds: 0, subdomains: false, preload: false }, securityHeaders: false },
  steps: { strategy: "canary", sizes: [10, 50], seconds: 60 },
  participants: [
    {
      ...{ role: "service", name: "api", id: pulumi.output("a1"), maxProcesses: 256 },
      ...{
        port: 8000,
        readiness: "/healthz/ready",
        timeoutSeconds: 90,
        successes: 5,
        steadySeconds: 1.25,
      },
    },
    {
      ...{ role: "worker", name: "mailer", id: pulumi.output("b2"), maxProcesses: 64 },
      queues: ["default", "mail"],
    },
    { role: "beat", name: "beat", id: pulumi.output("c3"), maxProcesses: 32 },
  ],
  images: ["image app.image sha256:1", "image services.front.image sha256:2"],
  smoke: [{ service: "api", host: "erp.example.com", path: "/healthz/ready" }],
};

afterEach(() => void recorder.clear());

async function declare(changes: Partial<ReleaseSwitchArgs> = {}) {
  releaseSwitch("switch", { ...args, ...changes });
  await recorder.wait();
  const { inputs } = recorder.named("switch");
  return { inputs, variables: variablesOf(inputs.stdin) };
}

test("each container is proved by its id and what its role has to answer", async () => {
  const { variables } = await declare();
  expect(variables.PARTICIPANTS?.split("\n")).toEqual([
    "service api a1 256 90 8000 /healthz/ready 5 0.31",
    "worker mailer b2 64 60 default,mail",
    "beat beat c3 32 60",
  ]);
});

test("the edge gets the release's routes as its file of this environment", async () => {
  const { variables } = await declare();
  expect(variables).toMatchObject({
    ...{ STACK: "staging", RELEASE: "0123abcd", EDGE: "slipway-front" },
    EDGE_NETWORK: "slipway-staging-edge",
    EDGE_FILE: "edges/front/dynamic/staging.yml",
    EDGE_CONTENT: edgeRoutes({ ...args, stack: "staging" }),
    PROBE_CONTENT: probeRoutes({ ...args, stack: "staging" }),
    BACKENDS: "api 8000 1",
  });
});

test("the public route is asked by every host name, where the edge listens", async () => {
  const { variables } = await declare();
  expect(variables).toMatchObject({
    ...{ EDGE_ADDRESS: "127.0.0.1", EDGE_PORT: "443" },
    PUBLISHED: "erp.example.com\napi.example.com",
    SMOKE: "erp.example.com /healthz/ready api",
  });
  recorder.clear();
  const elsewhere = await declare({ address: "192.0.2.7", httpsPort: 8443 });
  expect(elsewhere.variables).toMatchObject({ EDGE_ADDRESS: "192.0.2.7", EDGE_PORT: "8443" });
});

test("the host says its images when it serves", async () => {
  const { variables } = await declare();
  expect(variables.IMAGES).toBe(args.images.join("\n"));
});

test("traffic moves by the steps of the strategy, under watch", async () => {
  const { variables } = await declare({ maxLatencyMilliseconds: 500 });
  expect(variables).toMatchObject({
    ...{ STRATEGY: "canary", STEPS: "10 50", STEP_SECONDS: "60", SOAK_SECONDS: "10" },
    ...{ MAX_ERROR_PERCENT: "1.5", MAX_LATENCY: "500", CERTIFICATE_SECONDS: "120", ACCESS: "" },
  });
});

test("it is an update in place that the host ends only after the slowest container's time", async () => {
  const { inputs } = await declare();
  const seconds = 90 + 3 * 60 + 10 + 120 + 540;
  expect(inputs.update).toBe(`exec timeout --kill-after=10 ${seconds} bash -s -- apply`);
  expect(inputs.delete).toContain("bash -s -- remove");
  expect(inputs).not.toHaveProperty("triggers");
});

test("a smoke test that the edge may refuse goes the switch's own way", async () => {
  const asks = async (changes: Partial<ReleaseSwitchArgs>) => {
    const { variables } = await declare(changes);
    recorder.clear();
    return variables.ACCESS;
  };
  expect(await asks({})).toBe("");
  expect(await asks({ access: { byPassword: true, addresses: [] } })).toBe("limited");
  const rateLimit = { perSecond: 5, burst: 5 };
  expect(await asks({ http: { ...args.http, rateLimit } })).toBe("limited");
  const smoke = [{ service: "api", host: "erp.example.com", path: "/Metrics?all=1" }];
  expect(await asks({ smoke })).toBe("limited");
});
