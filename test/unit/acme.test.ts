import { expect, test } from "vitest";
import { type Acme, acmeFiles, acmeFlags, acmeVariables } from "../../components/acme.ts";

const acme: Acme = {
  email: "ops@example.com",
  challenge: "http",
  certificateHours: 2160,
  directory: ".acme-0123abcd",
};
const dns = {
  provider: "cloudflare",
  credentials: { CF_DNS_API_TOKEN: "planted" },
  resolvers: ["1.1.1.1:53", "[2606:4700::1111]:53"],
};
const resolver = "--certificatesResolvers.acme.acme";

test("the authority is Let's Encrypt, shown the way over HTTP, unless told otherwise", () => {
  expect(acmeFlags(acme)).toEqual([
    `${resolver}.email=ops@example.com`,
    `${resolver}.storage=/var/lib/slipway/acme/acme.json`,
    `${resolver}.keyType=EC256`,
    `${resolver}.certificatesDuration=2160`,
    `${resolver}.httpChallenge.entryPoint=web`,
  ]);
  expect(acmeVariables(acme)).toEqual([]);
  expect(acmeFiles(acme, "1:1")).toEqual([]);
});

test("one challenge is taken, and no other", () => {
  const challenges = (changes: Partial<Acme>) =>
    acmeFlags({ ...acme, ...changes }).filter((flag) => flag.includes("Challenge"));
  expect(challenges({ challenge: "tls" })).toEqual([`${resolver}.tlsChallenge=true`]);
  expect(challenges({ challenge: "dns", dns })).toEqual([
    `${resolver}.dnsChallenge.provider=cloudflare`,
    `${resolver}.dnsChallenge.resolvers=1.1.1.1:53,[2606:4700::1111]:53`,
  ]);
  const waits = { ...dns, resolvers: [], propagationSeconds: 30 };
  expect(challenges({ challenge: "dns", dns: waits })).toEqual([
    `${resolver}.dnsChallenge.provider=cloudflare`,
    `${resolver}.dnsChallenge.propagation.disableChecks=true`,
    `${resolver}.dnsChallenge.propagation.delayBeforeChecks=30s`,
  ]);
});

test("another authority is known by its URL and its certificate", () => {
  const server = "https://ca.internal/dir";
  const own = { ...acme, server, caCertificate: "certificate" };
  expect(acmeFlags(own)).toContain(`${resolver}.caServer=${server}`);
  const file = "/etc/slipway/certificates/.acme-0123abcd/authority.pem";
  expect(acmeFlags(own)).toContain(`${resolver}.caCertificates=${file}`);
  expect(acmeFiles(own, "1:1").map(({ path, mode }) => [path, mode])).toEqual([
    [".", "0500"],
    ["authority.pem", "0400"],
  ]);
});

test("credentials are named by files, and are in nothing but these", () => {
  const secret = { ...acme, challenge: "dns" as const, dns };
  expect(acmeVariables(secret)).toEqual([
    "CF_DNS_API_TOKEN_FILE=/etc/slipway/certificates/.acme-0123abcd/CF_DNS_API_TOKEN",
  ]);
  expect(acmeFlags(secret).join()).not.toContain("planted");
  expect(acmeFiles(secret, "1:1")).toContainEqual({
    ...{ kind: "file", path: "CF_DNS_API_TOKEN", mode: "0400", owner: "1:1", content: "planted" },
  });
});
