import type { Consumer, Environment } from "../../components/application-container.ts";
import type { Host } from "../../components/host-script.ts";

export const host: Host = {
  engine: "unix:///var/run/docker.sock",
  directory: "/var/lib/slipway",
  helperImage: `sha256:${"4".repeat(64)}`,
};

export const environment: Environment = {
  stack: "staging",
  directory: "/var/lib/slipway/staging",
  dataNetwork: "slipway-staging-data",
  edgeNetwork: "slipway-staging-edge",
  secretsAs: "files",
};

export const consumer: Consumer = {
  name: "api",
  image: `registry.example.com/erp@sha256:${"5".repeat(64)}`,
  user: "10001:10001",
  command: ["uvicorn", "erp:app"],
  settings: { LOG_LEVEL: "INFO" },
  secrets: ["DATABASE_URL"],
  volumes: [{ volume: "slipway-staging-uploads", path: "/var/lib/erp/uploads" }],
  memoryMegabytes: 256,
  maxProcesses: 256,
  stopSeconds: 30,
};

/** The shell variables that a host script begins with, as bash would read them. */
export function variablesOf(stdin: string): Record<string, string> {
  const assignments = stdin.slice(0, stdin.indexOf("\nexport DOCKER_HOST\n"));
  const pattern = /^([A-Z_]+)='((?:[^']|'\\'')*)'$/gm;
  return Object.fromEntries(
    [...assignments.matchAll(pattern)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(`'\\''`, "'"),
    ]),
  );
}
