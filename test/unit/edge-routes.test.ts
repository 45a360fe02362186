import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type HttpPolicy, hiddenPaths, largerThan } from "../../components/edge-limits.ts";
import { type EdgeRoutesArgs, edgeRoutes } from "../../components/edge-routes.ts";
import { probeRoutes } from "../../components/probe-routes.ts";

const api = {
  service: "api",
  hosts: ["erp.example.com", "api.example.com"],
  redirects: { "www.erp.example.com": "erp.example.com" },
  hidden: [],
  port: 8000,
  replicas: 2,
};
const http: HttpPolicy = {
  hsts: { seconds: 0, subdomains: false, preload: false },
  securityHeaders: false,
};
const args: EdgeRoutesArgs = {
  stack: "staging",
  release: "0123abcd",
  routes: [api],
  httpsPort: 443,
  certificates: "acme",
  access: { byPassword: false, addresses: [] },
  http,
};

function routes(changes: Partial<EdgeRoutesArgs> = {}) {
  return parse(edgeRoutes({ ...args, ...changes }));
}

test("a service's host names lead to its replicas of this release", () => {
  const { routers } = routes().http;
  expect(routers.staging_api).toMatchObject({
    rule: "Host(`erp.example.com`) || Host(`api.example.com`)",
    entryPoints: ["websecure"],
    service: "staging_api",
  });
  const { services } = parse(probeRoutes(args)).http;
  expect(services.staging__api.loadBalancer.servers).toEqual([
    { url: "http://api-0123abcd-1:8000" },
    { url: "http://api-0123abcd-2:8000" },
  ]);
});

test("the switch has a way of its own past passwords, addresses and pages, by a token", () => {
  const access = { byPassword: true, addresses: ["203.0.113.0/24"] };
  const { routers, middlewares } = routes({ access }).http;
  const names = ["staging_release", "staging_addresses", "staging_users"];
  expect(routers.staging_api.middlewares).toEqual(names);
  expect(middlewares.staging_addresses.ipAllowList.sourceRange).toEqual(["203.0.113.0/24"]);
  const { usersFile } = middlewares.staging_users.basicAuth;
  expect(usersFile).toBe("/etc/slipway/certificates/staging/users");

  const probe = parse(probeRoutes({ ...args, access })).http.routers.staging__api;
  expect(probe.rule).toBe(
    "(Host(`erp.example.com`) || Host(`api.example.com`)) && Header(`X-Slipway-Probe`, `@token@`)",
  );
  expect(probe.middlewares).toEqual(["staging__release"]);
  expect(probe.priority).toBeGreaterThan(1_000_000);
});

test("an idle connection to a service ends before the service ends it", () => {
  const { serversTransports } = routes().http;
  expect(serversTransports.staging.forwardingTimeouts.idleConnTimeout).toBe("500ms");
});

test("nobody is kept waiting for a container that is gone", () => {
  const ways = [routes(), parse(probeRoutes(args))].map(({ http }) => http.serversTransports);
  expect(ways).toMatchObject([
    { staging: { forwardingTimeouts: { dialTimeout: "4s" } } },
    { staging__: { forwardingTimeouts: { dialTimeout: "4s" } } },
  ]);
});

test("every answer of a service names the release", () => {
  const { routers, middlewares } = routes().http;
  expect(routers.staging_api.middlewares).toEqual(["staging_release"]);
  expect(middlewares.staging_release).toEqual({
    headers: { customResponseHeaders: { "X-Slipway-Release": "0123abcd" } },
  });
});

test.each([
  [443, "https://erp.example.com/orders?id=1"],
  [8443, "https://erp.example.com:8443/orders?id=1"],
])("with port %i a host name that is sent on leads to %s", (httpsPort, target) => {
  const { routers, middlewares } = routes({ httpsPort }).http;
  const router = routers["staging_api_www.erp.example.com"];
  expect(router.rule).toBe("Host(`www.erp.example.com`)");
  const { redirectRegex } = middlewares[router.middlewares.at(-1)];
  expect(redirectRegex.permanent).toBe(true);
  // Traefik writes a group as ${1}, JavaScript as $1.
  const replacement = redirectRegex.replacement.replace(/\$\{(\d)\}/, "$$$1");
  const asked = "https://www.erp.example.com:8443/orders?id=1";
  expect(asked.replace(new RegExp(redirectRegex.regex), replacement)).toBe(target);
});

test("a public authority's certificates are asked for by each router", () => {
  const { http, tls } = routes();
  expect(tls).toBeUndefined();
  for (const router of Object.values<{ tls: unknown }>(http.routers)) {
    expect(router.tls).toEqual({ certResolver: "acme" });
  }
});

test("provided certificates are the environment's own", () => {
  const { http, tls } = routes({ certificates: "provided" });
  for (const router of Object.values<{ tls: unknown }>(http.routers))
    expect(router.tls).toEqual({});
  const directory = "/etc/slipway/certificates/staging";
  expect(tls.certificates).toEqual([
    { certFile: `${directory}/certificate.pem`, keyFile: `${directory}/key.pem` },
  ]);
});

test("what has no host name is not published", () => {
  const inner = { ...api, service: "flower", hosts: [], redirects: {} };
  const { http } = routes({ routes: [api, inner] });
  expect(Object.keys(http.routers)).not.toContain("staging_flower");
  expect(routes({ routes: [inner] })).toBeNull();
  expect(probeRoutes({ ...args, routes: [inner] })).toBe("");
});

test("everything that a router names is in the file", () => {
  const front = {
    ...api,
    service: "front",
    hosts: ["example.com"],
    redirects: { "a.example.com": "example.com" },
  };
  const { routers, middlewares } = routes({ routes: [api, front] }).http;
  const named = Object.values<{ middlewares: string[]; service: string }>(routers);
  expect(named).toHaveLength(4);
  for (const router of named) {
    for (const each of router.middlewares) expect(middlewares).toHaveProperty([each]);
  }
});

test("no two stacks, services or host names that are sent on share a name", () => {
  const names = ["a", "b", "a-b", "b-a", "a-b-a", "release", "a-release"];
  const hosts = [...names, "a.b", "b-a.a"];
  const owners = new Map<string, string>();
  for (const stack of names) {
    const all = names.map((service) => ({
      ...{ service, hosts: ["example.com"], hidden: [], port: 80, replicas: 1 },
      redirects: Object.fromEntries(hosts.map((host) => [host, "example.com"])),
    }));
    const limits = { rateLimit: { perSecond: 1, burst: 1 }, maxBodyMegabytes: 1 };
    const found = routes({ stack, routes: all, http: { ...http, ...limits } }).http;
    expect(Object.keys(found.routers)).toHaveLength(names.length * (2 + hosts.length));
    expect(Object.keys(found.middlewares)).toHaveLength(3 + names.length * hosts.length);
    for (const [kind, section] of Object.entries<object>({ ...found, services: {} })) {
      for (const name of Object.keys(section)) {
        expect(owners.get(`${kind} ${name}`)).toBeUndefined();
        owners.set(`${kind} ${name}`, stack);
      }
    }
  }
});

test("browsers are told to keep to HTTPS, on every answer", () => {
  const told = routes({
    http: { ...http, hsts: { seconds: 60, subdomains: true, preload: true } },
  });
  const { headers } = told.http.middlewares.staging_release;
  expect(headers).toMatchObject({ stsSeconds: 60, stsIncludeSubdomains: true, stsPreload: true });
  expect(headers.customResponseHeaders["X-Slipway-Release"]).toBe("0123abcd");
  for (const { middlewares } of Object.values<{ middlewares: string[] }>(told.http.routers))
    expect(middlewares[0]).toBe("staging_release");
});

test("addresses and rates hold for what is sent on as well, passwords where it gets to", () => {
  const access = { byPassword: true, addresses: ["203.0.113.0/24"] };
  const limits = { ...http, rateLimit: { perSecond: 50, burst: 100 } };
  const { routers, middlewares } = routes({ access, http: limits }).http;
  const first = ["staging_release", "staging_addresses", "staging_rate"];
  expect(routers.staging_api.middlewares).toEqual([...first, "staging_users"]);
  const from = "staging_api_www.erp.example.com";
  expect(routers[from].middlewares).toEqual([...first, from]);
  expect(middlewares.staging_rate.rateLimit).toEqual({
    ...{ average: 50, burst: 100 },
    sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } },
  });
});

test("only requests whose body is too large, or of no known length, are held back until they are whole", () => {
  const { routers, middlewares } = routes({ http: { ...http, maxBodyMegabytes: 2 } }).http;
  expect(routers.staging_api.middlewares).not.toContain("staging_body");
  const { rule, middlewares: named } = routers.staging_api__body;
  expect(named).toEqual(["staging_release", "staging_body"]);
  expect(rule).toContain("(Host(`erp.example.com`) || Host(`api.example.com`)) && (HeaderRegexp(");
  expect(rule).toContain("!HeaderRegexp(`Content-Length`, `.`) && !Method(`GET`)");
  expect(middlewares.staging_body.buffering.maxRequestBodyBytes).toBe(2 * 1024 * 1024);
});

test.each([1, 9, 10, 99, 1048576, 2097152])(
  "what is larger than %i is told by its digits",
  (limit) => {
    const expression = new RegExp(largerThan(limit));
    const larger = [limit + 1, limit + 10, limit * 2, limit * 10, limit * 1000, `00${limit + 1}`];
    for (const each of larger) expect(expression.test(String(each)), String(each)).toBe(true);
    for (const each of [0, 1, limit - 1, limit, `00${limit}`, Math.floor(limit / 2)])
      expect(expression.test(String(each)), String(each)).toBe(false);
  },
);

/** As Traefik shows paths to a rule: letters and dots decoded, no double slashes, no segments of dots. */
describe("a hidden path", () => {
  const expression = hiddenPaths(["/metrics", "/openapi.json", "/internal/state"]);
  const matches = (path: string) => new RegExp(expression.replace("(?i)", ""), "i").test(path);

  test.each([
    ...["/metrics", "/metrics/", "/Metrics", "/METRICS/x", "/metrics;a=1", "/metrics%2Fx"],
    ...["/%2Fmetrics", "/openapi.json", "/internal/state", "/internal%2Fstate", "/metrics "],
    ...["/x%2F..%2Fmetrics", "/x%5C..%5Cmetrics", "/metrics%00", "/metrics%3Ba"],
  ])("is not reached as %s", (path) => expect(matches(path)).toBe(true));

  test.each([
    ...["/", "/metricsy", "/metrics-of-sales", "/metrics.html", "/v1/metrics", "/openapixjson"],
    ...["/internal", "/internal/stateful", "/files/a%2Fb", "/files/..a", "/a/...%2Fb"],
  ])("keeps nobody from %s", (path) => expect(matches(path)).toBe(false));

  test("is nothing that a rule leads to a service, and keeps the switch from nothing", () => {
    const hidden = [{ ...api, hidden: ["/metrics"] }];
    const { rule } = routes({ routes: hidden }).http.routers.staging_api;
    expect(rule).toBe(
      `(Host(\`erp.example.com\`) || Host(\`api.example.com\`)) && !PathRegexp(\`${hiddenPaths(["/metrics"])}\`)`,
    );
    expect(probeRoutes({ ...args, routes: hidden })).not.toContain("Path");
  });
});
