import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  dockerPlugin,
  githubPlugin,
  k6,
  kamalProxy,
  type Part,
  parts,
  pebble,
  pulumi,
  registry,
  traefik,
} from "../../scripts/toolchain/versions.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const goMod = (part: Part) => read(`scripts/toolchain/go/${part.goModule?.directory}/go.mod`);

test("the npm packages and the Go modules are of one version", () => {
  expect(goMod(pulumi)).toContain(`github.com/pulumi/pulumi/pkg/v3 v${pulumi.version} `);
  expect(goMod(dockerPlugin)).toContain(`github.com/pulumi/pulumi/sdk/v3 v${pulumi.version}`);
  expect(goMod(githubPlugin)).toContain(`github.com/pulumi/pulumi/sdk/v3 v${pulumi.version}`);
  expect(goMod(traefik)).toContain(`github.com/traefik/traefik/v3 v${traefik.version}`);
  expect(goMod(registry)).toContain(`github.com/distribution/distribution/v3 v${registry.version}`);
  expect(goMod(kamalProxy)).toContain(`github.com/basecamp/kamal-proxy v${kamalProxy.version} `);
  expect(goMod(pebble)).toContain(`github.com/letsencrypt/pebble/v2 v${pebble.version} `);
  expect(goMod(k6)).toContain(`go.k6.io/k6 v${k6.version} `);
});

test.each([dockerPlugin, githubPlugin])(
  "$name is of the installed npm package's version",
  (plugin) => {
    const installed = JSON.parse(read(`node_modules/@pulumi/${plugin.name}/package.json`));
    expect(installed.pulumi.version).toBe(plugin.version);
  },
);

test("the GitHub plugin is no part of every stack's", () => {
  expect(parts).not.toContain(githubPlugin);
});
