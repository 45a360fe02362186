import { attachmentDrift } from "./attachment-drift.ts";
import type { Difference } from "./difference.ts";
import type { ImageConfig, InspectedContainer } from "./host-look.ts";

/** What is not among a container's inputs. */
export interface ContainerLimits {
  /** One of a release that is not live may stand still. */
  shouldRun: boolean;
  /** Each undefined where nobody says. */
  processes: number | undefined;
  cpuShares: number | undefined;
  /** Networks that scripts put it on. */
  alsoOn: RegExp | undefined;
}

/** What images are on the host. */
interface Images {
  /** The one that the container was made of; undefined when it is gone. */
  image: ImageConfig | undefined;
  /** Ids by reference; empty for what is not there. */
  references: Map<string, string>;
}

/** A container beside its inputs. */
export function containerDrift(
  // biome-ignore lint/suspicious/noExplicitAny: what a state holds has no type
  inputs: any,
  found: InspectedContainer,
  { image, references }: Images,
  limits: ContainerLimits,
): Difference[] {
  const { Config, HostConfig, State } = found;
  const megabytes = (value: number | undefined) => (value ? value * 2 ** 20 : undefined);
  const same = (property: string, what: string, expected: unknown, is: unknown) =>
    expected === undefined || expected === is
      ? []
      : [{ property, what, expected: String(expected), found: String(is) }];
  const { processes, cpuShares } = limits;
  return [
    ...same("mustRun", "state", limits.shouldRun ? "running" : undefined, State.Status),
    ...imageDrift(inputs.image, found.Image, references),
    ...textsDrift("envs", "variable", pairs(inputs.envs), pairs(Config.Env), pairs(image?.Env)),
    ...textsDrift("labels", "label", labelsOf(inputs), Config.Labels, image?.Labels ?? {}),
    ...textsDrift("tmpfs", "tmpfs", inputs.tmpfs ?? {}, HostConfig.Tmpfs ?? {}, {}),
    ...mountsDrift(inputs, found, Object.keys(image?.Volumes ?? {})),
    ...attachmentDrift(inputs.networksAdvanced ?? [], found, limits.alsoOn),
    ...same("init", "init", inputs.init, HostConfig.Init ?? false),
    ...same("restart", "restart policy", inputs.restart, HostConfig.RestartPolicy.Name),
    ...same("memory", "memory in bytes", megabytes(inputs.memory), HostConfig.Memory),
    ...same("memorySwap", "memory with swap", megabytes(inputs.memorySwap), HostConfig.MemorySwap),
    ...same(
      "cpus",
      "processors (0: no limit)",
      Number(inputs.cpus ?? 0),
      HostConfig.NanoCpus / 1e9,
    ),
    ...same("pidsLimit", "processes at most", processes, HostConfig.PidsLimit ?? 0).map((each) => ({
      ...each,
      command: (name: string) => `docker update --pids-limit ${processes} ${name}`,
    })),
    ...same("cpuShares", "share of a processor", cpuShares, HostConfig.CpuShares).map((each) => ({
      ...each,
      command: (name: string) => `docker update --cpu-shares ${cpuShares} ${name}`,
    })),
  ];
}

function imageDrift(wanted: string, id: string, references: Map<string, string>): Difference[] {
  const wantedId = wanted.startsWith("sha256:") ? wanted : references.get(wanted);
  if (wantedId === id) return [];
  const found = wantedId ? `made of ${id}` : "not on the host any more";
  return [{ property: "image", what: "image", expected: wanted, found }];
}

/** Values are told to nobody: a person may have put a secret there. */
function textsDrift(
  property: string,
  noun: string,
  wanted: Record<string, string>,
  is: Record<string, string>,
  ofImage: Record<string, string>,
): Difference[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(is)]);
  return [...names].flatMap((name) => {
    const expected = wanted[name] ?? ofImage[name];
    if (expected === is[name]) return [];
    return {
      property,
      what: `${noun} ${name}`,
      expected: expected === undefined ? "not set" : "as it was deployed",
      found: is[name] === undefined ? "not set" : "another value",
    };
  });
}

// biome-ignore lint/suspicious/noExplicitAny: what a state holds has no type
function mountsDrift(inputs: any, { Mounts }: InspectedContainer, ofImage: string[]): Difference[] {
  const wanted = new Map<string, string>();
  for (const { hostPath, volumeName, containerPath, readOnly } of inputs.volumes ?? [])
    wanted.set(containerPath, `${hostPath || volumeName} ${readOnly ? "read-only" : "writable"}`);
  const is = new Map(
    Mounts.map(({ Type, Name, Source, Destination, RW }) => [
      Destination,
      `${Type === "volume" ? Name : Source} ${RW ? "writable" : "read-only"}`,
    ]),
  );
  return [...new Set([...wanted.keys(), ...is.keys()])].flatMap((path) => {
    const [expected, found] = [wanted.get(path), is.get(path)];
    // An image may ask for a volume without a name.
    if (expected === found || (!expected && ofImage.includes(path))) return [];
    const nothing = "nothing";
    return {
      ...{ property: "volumes", what: `mount ${path}` },
      ...{ expected: expected ?? nothing, found: found ?? nothing },
    };
  });
}

function labelsOf({ labels = [] }: { labels?: { label: string; value: string }[] }) {
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

/** `NAME=VALUE`, each. */
function pairs(texts: string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (texts ?? []).map((text) => {
      const at = text.indexOf("=");
      return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
