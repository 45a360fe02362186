import { expect, test } from "vitest";
import { hostScript, survivingScript } from "../../components/host-script.ts";
import type { Audit } from "../../scripts/audit/audit.ts";
import { parseLook } from "../../scripts/audit/host-look.ts";
import { publicNames } from "../../scripts/audit/look-at-host.ts";
import { reportJson, reportText } from "../../scripts/audit/report.ts";
import { scriptVariables } from "../../scripts/audit/script-variables.ts";
import { host } from "./environment.ts";

const end = "listed\nmarker 0123abcd\nquiet-for 12\n";

test("what the host printed is read", () => {
  const hash = "a".repeat(64);
  const look = parseLook(`container {"Id":"1","Config":{"Labels":null}}
image sha256:1 {"Env":["A=b c"]}
reference name@sha256:2 sha256:1
reference gone 
network {"Name":"n"}
volume v
unneeded sha256:3 one:1 two:2
edge-file staging.yml broken known
routes other
prepared ok       watchdog: its script
prepared missing  watchdog: armed, and at each start
certificate shop.example.com Jan  1 00:00:00 2030 GMT
certificate www.example.com 
group 998
stale ./staging/.new.x
entry 2775 0:998 staging/a file|regular empty file
sum ${hash}  staging/a file
entry 777 0:0 staging/link|symbolic link
left switch
at-work 1f2e 2026-01-01T00:00:00Z ann the admin@vm
${end}`);
  expect(look).toMatchObject({
    ...{ marker: "0123abcd", quietForSeconds: 12, left: ["switch"], routes: "other" },
    atWork: { id: "1f2e", since: "2026-01-01T00:00:00Z", by: "ann the admin@vm" },
    containers: [{ Id: "1", Config: { Labels: {} } }],
    ...{ networks: [{ Name: "n" }], volumes: ["v"], engineGroup: "998", stale: ["staging/.new.x"] },
    unneededImages: [{ id: "sha256:3", names: ["one:1", "two:2"] }],
    edgeFiles: [{ name: "staging.yml", isWhole: false, isKnown: true }],
    prepared: [
      { what: "watchdog: its script", isSo: true },
      { what: "watchdog: armed, and at each start", isSo: false },
    ],
  });
  expect(look?.images.get("sha256:1")).toEqual({ Env: ["A=b c"] });
  expect([...(look?.references ?? [])]).toEqual([
    ["name@sha256:2", "sha256:1"],
    ["gone", ""],
  ]);
  expect([...(look?.certificates ?? [])]).toEqual([
    ["shop.example.com", "Jan  1 00:00:00 2030 GMT"],
    ["www.example.com", ""],
  ]);
  expect(look?.entries.get("staging/a file")).toEqual({
    ...{ kind: "file", mode: 0o2775, owner: "0:998", sha256: hash },
  });
  expect(look?.entries.get("staging/link")?.kind).toBe("other");
});

test("a look that did not come to its end is none", () => {
  expect(parseLook(end)).toBeDefined();
  expect(parseLook(end.replace("listed\n", ""))).toBeUndefined();
  expect(parseLook("listed\n")).toBeUndefined();
});

test.each([
  ["a script", (script: string) => script],
  ["one that survives its deploy", survivingScript],
])("the variables of %s are what it was given", (_, form) => {
  const given = { STACK: "it's 'mine'", FILES: "d . 0755\nf x\n\nEMPTY=''", EMPTY: "" };
  const variables = scriptVariables(form(hostScript("networks", host, given)));
  expect(variables).toMatchObject(given);
  expect(variables.ROOT).toBe(host.directory);
  expect(Object.keys(variables)).toHaveLength(6);
});

test("the names that the edge answers by are those of its routes, each once", () => {
  const content = "Host(`a.example`) || Host(`b.example`) … Host(`a.example`)";
  expect(publicNames(content)).toEqual(["a.example", "b.example"]);
});

test("a report says each thing in a line, and what to type", () => {
  const finding: Audit["findings"][number] = {
    severity: "drift",
    ...{ kind: "release", what: "marker", expected: "a", found: "b" },
    ...{ type: "npm run x", subject: "s" },
  };
  const certificates = [{ name: "a.example", daysLeft: 90 }];
  const audit = {
    stack: "staging",
    findings: [finding],
    deploy: undefined,
    leftOut: [],
    certificates,
  };
  expect(reportText(audit, 5.04)).toBe(
    "staging: 1 thing is not as it should be (5.0 s)\nrelease\n  marker: expected a, found b; type: npm run x\ndays that certificates are valid: a.example 90",
  );
  const { subject: _, ...told } = finding;
  expect(JSON.parse(reportJson(audit, 5.04, new Date(0)))).toEqual({
    ...{ stack: "staging", at: "1970-01-01T00:00:00.000Z", seconds: 5, drift: true, deploy: null },
    ...{ leftOut: [], certificates, findings: [told] },
  });
});
