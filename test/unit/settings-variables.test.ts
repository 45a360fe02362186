import { describe, expect, test } from "vitest";
import { images, planted } from "./configuration.ts";
import { hidden, refusal, refused } from "./refusal.ts";

const none = { mode: "none" };
const front = { port: 80, image: images.app };

describe("of host names", () =>
  refused([
    {
      title: "a host name of two services",
      given: { "services.front": { ...front, hosts: ["localhost"] } },
      ...{ key: "services.front.hosts[0]", found: '"localhost"', type: "rm" },
      allowed: "a host name of its own; localhost belongs to services.api already",
    },
    {
      title: "a host name that another service is sent on from",
      given: {
        "services.front": {
          ...front,
          hosts: ["example.com"],
          redirects: { localhost: "example.com" },
        },
      },
      ...{ key: "services.front.redirects.localhost", found: '"example.com"', type: "rm" },
      allowed: "a host name of its own; localhost belongs to services.api already",
    },
    {
      title: "a redirect to a host name that the service does not have",
      given: { "services.api.redirects": { "www.example.com": "example.com" } },
      ...{
        key: 'services.api.redirects["www.example.com"]',
        found: '"example.com"',
        type: "set localhost",
      },
      allowed: "one of services.api.hosts: localhost",
    },
    {
      title: "a smoke test without a public route",
      given: { "services.api.hosts": [] },
      ...{ key: "services.api.hosts", found: "[]", type: "[0] erp.example.com" },
      allowed: "at least one host name, since the smoke paths are asked over the public route",
    },
  ]));

describe("of settings and secrets", () =>
  refused([
    {
      title: "a setting of a secret's name",
      given: { "settings.JWT_SECRET_KEY": "x" },
      ...{ key: "settings.JWT_SECRET_KEY", found: '"x"', type: "rm" },
      allowed: "a name that is not among its secrets as well",
    },
    {
      title: "a service's setting of a secret's name",
      given: { "services.api.settings": { REDIS_URL: "redis://cache" } },
      ...{ key: "services.api.settings.REDIS_URL", found: '"redis://cache"', type: "rm" },
      allowed: "a name that is not among its secrets as well",
    },
    {
      title: "a migration's secret of a setting's name",
      given: { "migration.secrets.LOG_LEVEL": planted.jwt },
      ...{ key: "migration.secrets.LOG_LEVEL", found: hidden, type: "rm" },
      allowed: "a name that is not among the settings as well",
    },
    {
      title: "an unknown reference in a setting",
      given: { "settings.HOST": "{postgres.hots}" },
      ...{ key: "settings.HOST", found: '"{postgres.hots}"', type: "set VALUE" },
      allowed:
        "{postgres.hots} is not known here; known are {stack.name}, {release.id}, {edge.url}, {postgres.host}",
    },
    {
      title: "a reference to the address of a service that has none",
      given: { "settings.FRONT_URL": "{services.front.url}", "services.front": front },
      ...{ key: "settings.FRONT_URL", found: '"{services.front.url}"', type: "set VALUE" },
      allowed: "{redis.user}, {services.api.url}",
    },
    {
      title: "a reference to a secret in a plain setting",
      given: { "services.api.settings": { PGPASSWORD: "{postgres.password}" } },
      ...{
        key: "services.api.settings.PGPASSWORD",
        found: '"{postgres.password}"',
        type: "set VALUE",
      },
      allowed: "{postgres.password} is not known here",
    },
    {
      title: "an unknown reference in a secret, of which nothing is shown",
      given: { "secrets.TOKEN": `{${"planted.jwt"}}${planted.jwt}` },
      ...{
        key: "secrets.TOKEN",
        found: hidden,
        type: "set --secret --path 'slipway:secrets.TOKEN' 'VALUE'",
      },
      allowed: "a text in which no other references stand than {stack.name}",
    },
    {
      title: "a reference in a command",
      given: { "migration.command": ["alembic", "-x", "url={postgres.ownerUrl}", "upgrade"] },
      ...{ key: "migration.command[2]", found: '"url={postgres.ownerUrl}"', type: "set VALUE" },
      allowed: "a word without a reference: those stand in settings and secrets",
    },
    {
      title: "a reference to a server that the stack does not have",
      given: { redis: none, workers: {}, beat: {} },
      ...{
        key: "secrets.REDIS_URL",
        found: hidden,
        type: "set --secret --path 'slipway:secrets.REDIS_URL' 'VALUE'",
      },
      allowed: "a text in which no other references stand than",
    },
  ]));

test("a setting of its own image's service may have the name of a secret that it does not get", () => {
  const given = { "services.front": { ...front, settings: { REDIS_URL: "redis://cache" } } };
  expect(() => refusal(given)).toThrow("the configuration was accepted");
});

test("what Pulumi keeps as a secret is not shown wherever it stands", () => {
  const show = (given: Record<string, unknown>) =>
    refusal(
      given,
      Object.keys(given).map((key) => key.split(".")[0] as string),
    );
  expect(show({ "settings.LOG-LEVEL": planted.jwt })).toContain(`found    ${hidden}`);
  expect(show({ edge: 12345678 })).not.toContain("12345678");
  expect(show({ "services.Api": { token: planted.jwt } })).toContain('found    {"token":"..."}');
});
