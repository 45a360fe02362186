import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { edgeRoutes } from "../../components/edge-routes.ts";
import { hostScript } from "../../components/host-script.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-routes-"));
const [before, release] = ["0ld00000", "0123abcd"];
mkdirSync(join(root, "staging/releases", before), { recursive: true });
writeFileSync(
  join(root, "staging/releases", before, "description"),
  "service api 8080 3 /ready\nservice admin 9000 1 /ready\n",
);
const content = edgeRoutes({
  ...{ stack: "staging", release, httpsPort: 443, certificates: "provided" },
  access: { byPassword: false, addresses: [] },
  http: { hsts: { seconds: 0, subdomains: false, preload: false }, securityHeaders: false },
  routes: ["api", "shop"].map((service) => ({
    ...{
      service,
      hosts: [`${service}.example.com`],
      redirects: {},
      hidden: [],
      port: 8000,
      replicas: 2,
    },
  })),
});

afterAll(() => rmSync(root, { recursive: true }));

/** What the edge reads when the switch publishes these routes. */
async function routes(words: string) {
  const script = hostScript(
    "switch-release",
    { engine: "unix:///nowhere", directory: root, helperImage: "" },
    {
      ...{ STACK: "staging", RELEASE: release, EDGE_CONTENT: content },
      BACKENDS: "api 8000 2\nshop 8000 2",
    },
  );
  const input = script.replace('"$1" {', `previous=${before}; routes ${words} {`);
  const { stdout } = await execa("bash", ["-s"], { input });
  const { services, middlewares } = parse(stdout).http;
  const weights = (name: string) =>
    services[name].weighted.services.map(({ name, weight }: { name: string; weight: number }) => [
      name,
      weight,
      services[name].loadBalancer.servers.map(({ url }: { url: string }) => url),
    ]);
  const header = middlewares.staging_release.headers.customResponseHeaders["X-Slipway-Release"];
  return { weights, header, services };
}

const next = ["http://api-0123abcd-1:8000", "http://api-0123abcd-2:8000"];
const last = [1, 2, 3].map((number) => `http://api-0ld00000-${number}:8080`);

test("in the end everything goes to the replicas of the release, which answers name", async () => {
  const { weights, header } = await routes("whole");
  expect(weights("staging_api")).toEqual([["staging_api_0123abcd", 1, next]]);
  expect(header).toBe(release);
});

test("a canary gets its share, and answers name both releases", async () => {
  const { weights, header } = await routes("canary 20");
  expect(weights("staging_api")).toEqual([
    ["staging_api_0123abcd", 20, next],
    ["staging_api_0ld00000", 80, last],
  ]);
  expect(header).toBe(`${before} ${release}`);
});

test("rolling replaces replica by replica, each with as much of the traffic as another", async () => {
  expect((await routes("rolling 1")).weights("staging_api")).toEqual([
    ["staging_api_0123abcd", 1, next.slice(0, 1)],
    ["staging_api_0ld00000", 2, last.slice(1)],
  ]);
  expect((await routes("rolling 3")).weights("staging_api")).toEqual([
    ["staging_api_0123abcd", 3, next],
  ]);
});

test("a service that the release before had not is the new one's from the first step", async () => {
  const { weights } = await routes("canary 20");
  expect(weights("staging_shop").map(([name]: [string]) => name)).toEqual([
    "staging_shop_0123abcd",
  ]);
});

test("answers are counted by service and release", async () => {
  const { services } = await routes("whole");
  expect(services.staging_api_0123abcd.loadBalancer.serversTransport).toBe("staging");
});
