import { request } from "node:https";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, until } from "../../throw-away.ts";
import { Deployments } from "../deploy/deployments.ts";
import { makeTinyStack } from "../tiny-stack.ts";
import { Authority } from "./authority.ts";
import { edgeApp } from "./edge-app.ts";

const password = "planted-by-a-test";
let tiny: Deployments;
let authority: Authority;
let edge: string;

beforeAll(async () => {
  const stack = await makeTinyStack(await edgeApp());
  tiny = new Deployments(stack);
  edge = `slipway-edge-${stack.name}`;
  const { httpPort, httpsPort: tlsPort } = stack;
  authority = await Authority.start({ httpPort, tlsPort, validitySeconds: 900, password });
  tiny.configure({
    tls: undefined,
    "edge.certificates": "acme",
    "edge.email": "ops@example.com",
    "edge.acme": {
      ...{ server: authority.url, caCertificate: authority.certificate, certificateHours: 1 },
      challenge: "tls",
    },
    // Nobody that asks from here may see anything, as in a staging that is for others.
    "access.addresses": ["203.0.113.0/24"],
    "access.users": { ada: "long enough" },
    "deploy.certificateSeconds": 60,
    "services.web.hosts": ["one.edge.test"],
  });
});

afterAll(async () => {
  await tiny?.stack.takeDown();
  authority?.stop();
});

/** The certificate that the edge shows for a name; undefined when it has none, or has read no routes yet. */
function shown(servername: string): Promise<{ serial: string; issuer: string } | undefined> {
  const { promise, resolve } = Promise.withResolvers<
    { serial: string; issuer: string } | undefined
  >();
  const { httpsPort: port } = tiny.stack;
  const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false });
  socket.once("secureConnect", () => {
    const { serialNumber: serial, issuer } = socket.getPeerCertificate();
    const own = issuer.CN === "TRAEFIK DEFAULT CERT";
    resolve(own ? undefined : { serial, issuer: String(issuer.CN) });
    socket.destroy();
  });
  socket.once("error", () => resolve(undefined));
  return promise;
}

/** The status of a request from here, with a password if there is one. */
async function status(host: string, user?: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(
    {
      ...{ host: "127.0.0.1", port: tiny.stack.httpsPort, servername: host },
      ...{ headers: { host }, auth: user, rejectUnauthorized: false },
    },
    (answer) => resolve(answer.resume().statusCode ?? 0),
  )
    .once("error", reject)
    .end();
  return promise;
}

async function serialOf(name: string): Promise<string> {
  const certificate = await shown(name);
  expect(certificate?.issuer).toMatch(/^Pebble Intermediate CA/);
  return certificate?.serial as string;
}

async function deployWell(changes: Record<string, unknown> = {}): Promise<void> {
  tiny.configure(changes);
  const { exitCode, all } = await tiny.up();
  expect(exitCode, all).toBe(0);
}

describe("a certificate", () => {
  it("is obtained over TLS, past the locks of an environment that is closed", async () => {
    await deployWell();
    await serialOf("one.edge.test");
    expect(authority.orders).toBe(1);
    expect(await status("one.edge.test", "ada:long enough")).toBe(403);
  });

  it("that is there is all that a deploy needs when the authority is away", async () => {
    await authority.goAway();
    await deployWell({ "services.web.settings": { MARK: "2" } });
    await serialOf("one.edge.test");
    await authority.comeBack();
  });

  it("that cannot be had fails a deploy with one line, and what served serves on", async () => {
    const release = tiny.live();
    authority.isBroken = true;
    tiny.configure({
      "services.web.settings": { MARK: "3" },
      "services.web.hosts": ["one.edge.test", "two.edge.test"],
      "deploy.certificateSeconds": 5,
    });
    const { exitCode, all } = await tiny.up();
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(
      /^ *the edge got no certificate for two\.edge\.test within 5 seconds: .*503.*; does the name/m,
    );
    expect(tiny.live()).toBe(release);
    expect(await shown("two.edge.test")).toBeUndefined();
    await serialOf("one.edge.test");
  });

  it("is obtained by the next deploy when the authority is well", async () => {
    authority.isBroken = false;
    await deployWell({ "deploy.certificateSeconds": 60 });
    await serialOf("two.edge.test");
  });

  it("is renewed while it is served", async () => {
    const serial = await serialOf("one.edge.test");
    await until(async () => ((await serialOf("one.edge.test")) === serial ? undefined : true), 100);
  });

  it("is obtained over DNS, and nobody sees with what the records are written", async () => {
    const words = ["config", "set", "--secret", "--path"];
    const credentials = "edge.acme.dns.credentials";
    await tiny.stack.pulumi(...words, `slipway:${credentials}.HTTPREQ_PASSWORD`, password);
    const { address, recordsPort, dnsPort } = authority;
    await deployWell({
      "edge.acme.challenge": "dns",
      "edge.acme.dns.provider": "httpreq",
      [`${credentials}.HTTPREQ_ENDPOINT`]: `http://${address}:${recordsPort}`,
      [`${credentials}.HTTPREQ_USERNAME`]: "slipway",
      "edge.acme.dns.resolvers": [`${address}:${dnsPort}`],
      "edge.acme.dns.propagationSeconds": 0,
      "services.web.redirects": { "three.edge.test": "one.edge.test" },
    });
    await until(async () => ((await shown("three.edge.test")) ? true : undefined));
    await serialOf("three.edge.test");
    expect(await status("three.edge.test")).toBe(403);
    const inspected = await docker("inspect", edge);
    expect(inspected).toContain("HTTPREQ_PASSWORD_FILE=/etc/slipway/certificates/.acme-");
    expect(inspected).not.toContain(password);
  });

  it("that is lost is obtained anew, now over HTTP: one order for each route", async () => {
    const names = ["one.edge.test", "two.edge.test", "three.edge.test"];
    await deployWell({ "edge.acme.challenge": "http", "edge.acme.dns": undefined });
    const left = await docker("exec", edge, "ls", "-A", "/etc/slipway/certificates");
    // The directory with the credentials went with them.
    expect(left.split("\n").filter((name) => name.startsWith(".acme"))).toHaveLength(1);

    const serial = await serialOf("one.edge.test");
    // An edge that runs writes all that it knows whenever it renews something.
    await docker("stop", edge);
    await removeStore();
    const before = authority.orders;
    await docker("start", edge);
    await until(async () => {
      const all = await Promise.all(names.map(shown));
      return all.every(Boolean) ? true : undefined;
    });
    expect(await serialOf("one.edge.test")).not.toBe(serial);
    expect(await status("one.edge.test", "ada:long enough")).toBe(403);
    // The host names of the service have a certificate in common, and the one that is sent on has its own.
    expect(authority.orders - before).toBe(2);
  });
});

async function removeStore(): Promise<void> {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const directory = `/var/lib/slipway/edges/edge-${tiny.stack.name}/acme`;
  const words = ["--rm", "--network", "none", "--volume", `${directory}:/acme`];
  await docker("run", ...words, helper, "rm", "/acme/acme.json");
}
