import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { knownReferences } from "../../infra/references.ts";
import { combinations } from "../../infra/schema/combinations.ts";
import { stackShape } from "../../infra/schema/stack.ts";
import manifest from "../../package.json" with { type: "json" };
import { githubPlugin, languageHost, parts } from "../../scripts/toolchain/versions.ts";
import { erp } from "./configuration.ts";
import { documentedKeys, schemaKeys } from "./documented-settings.ts";

const root = join(import.meta.dirname, "../..");
const files = ["README.md", ...globSync("docs/*.md", { cwd: root }), "examples/erp/README.md"];
const texts = new Map(files.map((file) => [file, read(file)]));
const configuration = read("docs/configuration.md");
const all = [...texts.values()].join("\n");

describe("docs/configuration.md", () => {
  const documented = documentedKeys(configuration);
  const known = schemaKeys();

  test("names every key that a stack may have, and no other", () => {
    expect([...documented.keys()].sort()).toEqual([...known.keys()].sort());
  });

  test.each([...known])("says the default of %s", (key, value) => {
    expect(documented.get(key)).toEqual(value);
  });

  test("lists every reference, and where it may stand", () => {
    const { plain, all: references } = knownReferences({
      ...{ postgres: true, ownPostgres: true, redis: true, published: ["<name>"] },
    });
    const rows = [...configuration.matchAll(/^\| `\{(.+?)\}` \| (.+?) \|/gm)];
    const expected = references.map((name) => [
      name,
      plain.includes(name) ? "settings and secrets" : "secrets",
    ]);
    expect(rows.map(([, name, place]) => [name, place]).sort()).toEqual(expected.sort());
  });
});

describe("examples of configuration", () => {
  const examples = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/^```yaml\n(.+?)^```/gms)].map(([, example = ""], index) => ({
      title: `${index + 1} of ${file}`,
      example,
    })),
  );

  test("are there", () => expect(examples.length).toBeGreaterThan(8));

  test.each(examples)("$title is accepted", ({ example }) => {
    const given = parse(example.replaceAll("sha256:…", `sha256:${"a".repeat(64)}`));
    const changes = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key.replace("slipway:", ""),
        decrypted(key, value),
      ]),
    );
    const without = { workers: undefined, beat: undefined, migration: undefined };
    const model = erp("edge" in changes ? { ...without, tls: undefined } : without);
    const schema = stackShape.superRefine(combinations);
    expect(schema.safeParse({ ...model, ...changes }).error?.issues).toBeUndefined();
  });
});

test("docs/toolchain.md says the versions that there are", () => {
  const rows = [...read("docs/toolchain.md").matchAll(/^\| .+? \| (\d+\.[\d.]+) \|/gm)];
  const versions = [...parts, githubPlugin, languageHost].map(({ version }) => version);
  expect(rows.map(([, version]) => version).sort()).toEqual(versions.sort());
});

test("docs/troubleshooting.md quotes what the code says", () => {
  const [own = ""] = read("docs/troubleshooting.md").split("Some come from Pulumi and Docker");
  const quoted = [...own.matchAll(/^\| `(.+?)` \|/gm)].map(([, message = ""]) =>
    message.split(/ ?… ?/).filter((part) => part.length > 5),
  );
  const code = globSync("{components,infra,scripts}/**/*.{ts,sh}", { cwd: root })
    .map(read)
    .join("\n");
  expect(quoted.length).toBeGreaterThan(15);
  expect(quoted.filter((parts) => parts.length === 0)).toEqual([]);
  expect(quoted.flat().filter((part) => !code.includes(part))).toEqual([]);
});

describe("commands", () => {
  const scripts = Object.keys(manifest.scripts);
  const told = [...all.matchAll(/\bnpm (?:run )?(?:-s )?(test|(?<=run (?:-s )?)[a-z][\w:-]*)/g)]
    .map(([, name]) => name as string)
    .filter((name, index, names) => names.indexOf(name) === index);

  test("every npm script is told of", () => {
    expect(scripts.filter((name) => !told.includes(name))).toEqual([]);
  });

  test("those that are told of are there", () => {
    expect(told.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});

test.each(files)("the links of %s lead somewhere", (file) => {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^[a-z]+:/.test(target));
  const broken = links.filter((link) => {
    const [path, anchor] = link.split("#");
    const target = path ? join(dirname(file), path) : file;
    if (!existsSync(join(root, target))) return true;
    return anchor && !anchors(read(target)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** As GitHub calls the headings of a page. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** Gives what is encrypted in an example a value that it could have. */
function decrypted(key: string, value: unknown): unknown {
  const urls: Record<string, string> = {
    "slipway:postgres": "postgresql://user:password@host/database",
    "slipway:redis": "redis://host",
  };
  return JSON.parse(JSON.stringify(value), (_, each) =>
    typeof each === "object" && each !== null && "secure" in each ? (urls[key] ?? "text") : each,
  );
}
