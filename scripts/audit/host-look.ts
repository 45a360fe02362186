import { type JournalEvent, parseJournal } from "../../infra/history/journal.ts";

/** What an environment has on its host, as scripts/host/audit.sh tells it. */
export interface HostLook {
  /** What is at work on it, if anything is. */
  atWork: { id: string; since: string; by: string } | undefined;
  /** How long the journal has been as it is, in seconds. */
  quietForSeconds: number;
  /** The release that serves; empty before the first. */
  marker: string;
  /** Files of the journal that are there only while something is at work. */
  left: string[];
  containers: InspectedContainer[];
  /** What images give the containers that are made of them, by id. */
  images: Map<string, ImageConfig>;
  /** Ids of images by how the state names them; empty for one that is not there. */
  references: Map<string, string>;
  networks: { Name: string; Internal: boolean; Labels: Record<string, string> | null }[];
  volumes: string[];
  /** Images that were run here, and that nothing keeps. */
  unneededImages: { id: string; names: string[] }[];
  /** Below the directory of the host, by path. */
  entries: Map<string, HostEntry>;
  /** What a kill left of files that were on their way. */
  stale: string[];
  /** The group that may drive the engine. */
  engineGroup: string;
  edgeFiles: { name: string; isWhole: boolean; isKnown: boolean }[];
  /** What the edge reads of this environment, beside what the state says; absent where it reads nothing. */
  routes: "same" | "other" | "missing" | undefined;
  /** When certificates end, by host name; empty for one without. */
  certificates: Map<string, string>;
  /** What the journal says of backups. */
  backups: JournalEvent[];
  /** What is to run the next one: `timer`, `cron`, or `none` on a host that has neither; absent where it should and does not. */
  backupRunner: string | undefined;
  /** What `prepare-host` sees to. */
  prepared: { what: string; isSo: boolean }[];
}

export interface HostEntry {
  kind: "directory" | "file" | "other";
  mode: number;
  /** Numeric `user:group`. */
  owner: string;
  /** Of a file, in hexadecimal digits. */
  sha256?: string;
}

/** The part of what `docker inspect` prints that an audit compares. */
export interface InspectedContainer {
  Id: string;
  Name: string;
  /** Id of its image. */
  Image: string;
  State: { Status: string };
  Config: ImageConfig & { Labels: Record<string, string> };
  HostConfig: {
    RestartPolicy: { Name: string };
    Memory: number;
    MemorySwap: number;
    NanoCpus: number;
    PidsLimit: number | null;
    CpuShares: number;
    Init?: boolean | null;
    Tmpfs?: Record<string, string> | null;
  };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
  NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
}

export interface ImageConfig {
  Env: string[] | null;
  Labels?: Record<string, string> | null;
  Volumes?: Record<string, unknown> | null;
}

/** Reads what the script printed. Undefined when it did not come to its end. */
export function parseLook(text: string): HostLook | undefined {
  const lines = Map.groupBy(
    text.split("\n").map((line) => /^(\S+) ?(.*)$/.exec(line) ?? ["", "", ""]),
    ([, kind]) => kind,
  );
  const of = (kind: string) => (lines.get(kind) ?? []).map(([, , rest = ""]) => rest);
  const words = (kind: string) => of(kind).map((rest) => rest.split(" "));
  const pairs = (kind: string) => new Map(of(kind).map((rest) => splitAt(rest, " ")));
  if (of("listed").length === 0 || of("quiet-for").length === 0) return undefined;
  const sums = new Map(of("sum").map((rest) => [rest.slice(66), rest.slice(0, 64)]));
  const [work] = of("at-work").map((rest) => /^(\S+) (\S+) ?(.*)$/.exec(rest));
  return {
    atWork: work ? { id: work[1] ?? "", since: work[2] ?? "", by: work[3] ?? "" } : undefined,
    quietForSeconds: Number(of("quiet-for")[0]),
    marker: of("marker")[0] ?? "",
    left: of("left"),
    containers: of("container").map(container),
    images: new Map(of("image").map(idAndConfig)),
    references: pairs("reference"),
    networks: of("network").map((json) => JSON.parse(json)),
    volumes: of("volume"),
    unneededImages: words("unneeded").map(([id = "", ...names]) => ({ id, names })),
    entries: new Map(of("entry").flatMap((rest) => entry(rest, sums))),
    stale: of("stale").map((path) => path.replace(/^\.\//, "")),
    engineGroup: of("group")[0] ?? "",
    edgeFiles: words("edge-file").map(([name = "", whole, known]) => ({
      ...{ name, isWhole: whole === "whole", isKnown: known === "known" },
    })),
    routes: of("routes")[0] as HostLook["routes"],
    certificates: pairs("certificate"),
    backups: parseJournal(of("backups").join("\n")),
    backupRunner: of("backup-runner")[0],
    prepared: of("prepared").map((rest) => ({
      ...{ what: rest.slice(8).trim(), isSo: rest.startsWith("ok") },
    })),
  };
}

function entry(rest: string, sums: Map<string, string>): [string, HostEntry][] {
  const [, mode = "", owner = "", path = "", type = ""] =
    /^(\d+) (\d+:\d+) (.*)\|(.*)$/.exec(rest) ?? [];
  if (!path) return [];
  const sha256 = sums.get(path);
  const kind = /^regular/.test(type) ? "file" : type === "directory" ? "directory" : "other";
  return [[path, { kind, mode: Number.parseInt(mode, 8), owner, ...(sha256 ? { sha256 } : {}) }]];
}

function container(json: string): InspectedContainer {
  const { Config, ...inspected } = JSON.parse(json);
  return { ...inspected, Config: { ...Config, Labels: Config.Labels ?? {} } };
}

function idAndConfig(rest: string): [string, ImageConfig] {
  const [id, json] = splitAt(rest, " ");
  return [id, JSON.parse(json)];
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
