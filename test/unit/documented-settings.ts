import { parse } from "yaml";
import { z } from "zod";
import { consumersOf } from "../../infra/consumers.ts";
import { repository } from "../../infra/schema/repository.ts";
import { stackShape } from "../../infra/schema/stack.ts";
import { erp } from "./configuration.ts";

/** A default, or whether a key without one has to be there. */
export type Default = { value: unknown } | "required" | "absent";

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  required?: string[];
  const?: unknown;
  default?: unknown;
}

/** The keys of the tables under each heading with a key of the stack, such as `edge(own).httpPort`, by their defaults. */
export function documentedKeys(text: string): Map<string, Default> {
  const found = new Map<string, Default>();
  let section = "";
  let mode = "";
  for (const line of text.split("\n")) {
    const heading = /^(#+) (.*)$/.exec(line);
    if (heading?.[1] === "####") mode = /^`mode: (\w+)`$/.exec(heading[2] as string)?.[1] ?? "";
    else if (heading) {
      section = /^`slipway:(\w+)`$/.exec(heading[2] as string)?.[1] ?? "";
      mode = "";
    }
    const row = /^\| `([\w.<>]+)` \| .+? \| (`.+?`|required|–) \|/.exec(line);
    if (!section || !row) continue;
    const [, key = "", shown = ""] = row;
    found.set(keyOf(section, mode, key), meaning(shown));
  }
  return found;
}

/** The same of the schema. Keys of maps from names to things stand for those of each thing. */
export function schemaKeys(): Map<string, Default> {
  const everything = stackShape.extend({ repository });
  const schema = z.toJSONSchema(everything, { io: "output", unrepresentable: "any" }) as Schema;
  const found = new Map<string, Default>();
  for (const [section, each] of Object.entries(schema.properties ?? {})) {
    if (each.oneOf) {
      found.set(keyOf(section, "", "mode"), section === "edge" ? "required" : { value: "own" });
      for (const { properties: { mode, ...properties } = {}, required = [] } of each.oneOf) {
        note(found, section, String(mode?.const), { properties, required });
      }
      continue;
    }
    const things = each.properties ? each : each.additionalProperties;
    if (typeof things === "object" && things.properties) note(found, section, "", things);
    else if (!things) found.set(keyOf(section, "", section), defaultOf(section, each, schema));
  }
  for (const [section, megabytes] of Object.entries(memoryOfConsumers())) {
    found.set(keyOf(section, "", "memoryMegabytes"), { value: megabytes });
  }
  return found;
}

function note(
  found: Map<string, Default>,
  section: string,
  mode: string,
  schema: Schema,
  under = "",
): void {
  for (const [key, each] of Object.entries(schema.properties ?? {})) {
    // Environments have the same keys, but for that of previews, which has some of them.
    const name = under === "environments." ? "<name>" : key;
    for (const { properties: { mode: word, ...properties } = {}, required = [] } of each.oneOf ??
      [])
      note(found, section, String(word?.const), { properties, required });
    if (each.properties) note(found, section, mode, each, `${under}${name}.`);
    else found.set(keyOf(section, mode, `${under}${key}`), defaultOf(key, each, schema));
  }
}

function defaultOf(key: string, schema: Schema, { required = [] }: Schema): Default {
  if ("default" in schema) return { value: schema.default };
  return required.includes(key) ? "required" : "absent";
}

function keyOf(section: string, mode: string, key: string): string {
  return `${section}${mode && `(${mode})`}${key === section ? "" : `.${key}`}`;
}

function meaning(shown: string): Default {
  if (shown === "required") return shown;
  return shown === "–" ? "absent" : { value: parse(shown.slice(1, -1)) };
}

/** It differs by role, so it is no default of the schema. */
function memoryOfConsumers(): Record<string, number | undefined> {
  const settings = { stack: "local", ...stackShape.parse(erp()) };
  const { services, workers, beat } = consumersOf(settings);
  return {
    services: services[0]?.memoryMegabytes,
    workers: workers[0]?.memoryMegabytes,
    beat: beat?.memoryMegabytes,
  };
}
