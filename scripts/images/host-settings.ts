import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** What this machine needs to reach Debian's packages. */
export interface PackageSources {
  /** Where `debootstrap` gets Debian from; undefined on a machine that is not Debian, which has no answer. */
  mirror: string | undefined;
  /** A deb822 file for `suite`; undefined where there is no mirror. */
  sources: string | undefined;
  /** Lines of apt's configuration that decide whether it gets through: proxies, and checks that are off. */
  configuration: string;
  /** The proxies, as variables for programs that do not read that configuration: `http_proxy=URL`. */
  proxies: string[];
}

/** Reads apt's configuration; a machine without apt has none. */
export async function packageSources(suite: string): Promise<PackageSources> {
  const read = async (command: string, ...args: string[]) =>
    (await execa(command, args, { reject: false })).stdout ?? "";
  const format = "$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(RELEASE) $(REPO_URI)";
  const [targets, dump, release] = await Promise.all([
    read("apt-get", "indextargets", "--format", format),
    read("apt-config", "dump"),
    readFile("/etc/os-release", "utf8").catch(() => ""),
  ]);
  const codename = /^ID=debian$/m.test(release) && /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  const archives = new Map<string, string>();
  for (const line of codename ? targets.split("\n") : []) {
    const [kind, origin, component, archive = "", uri = ""] = line.split(" ");
    // The origin is known only once the lists were fetched; other sellers' archives may be called after the release, too.
    const ofDebian = origin === "Debian" || origin === "$(ORIGIN)";
    if (kind !== "Packages" || !ofDebian || component !== "main") continue;
    const name = archive.replace(`${codename}`, suite);
    if ([suite, `${suite}-updates`, `${suite}-security`].includes(name) && !archives.has(name))
      archives.set(name, uri);
  }
  const mirror = archives.get(suite);
  return {
    mirror,
    sources: mirror && [...archives].map(([name, uri]) => deb822(name, uri)).join("\n"),
    configuration: dump
      .split("\n")
      .filter((line) =>
        /^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date)\b.* "[^"]+";$/.test(line),
      )
      .map((line) => `${line}\n`)
      .join(""),
    proxies: proxies(dump),
  };
}

function proxies(dump: string): string[] {
  return ["http", "https"].flatMap((scheme) => {
    const ofApt = new RegExp(`^Acquire::${scheme}::Proxy "(.+)";$`, "m").exec(dump)?.[1];
    const value = ofApt ?? process.env[`${scheme}_proxy`];
    return value && value !== "DIRECT" ? [`${scheme}_proxy=${value}`] : [];
  });
}

function deb822(archive: string, uri: string): string {
  return `Types: deb
URIs: ${uri}
Suites: ${archive}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
}

/** Certificate authorities that were added to this machine's own, each as PEM, by a name that follows from it. */
export async function addedAuthorities(): Promise<Map<string, string>> {
  const directories = [
    "/usr/local/share/ca-certificates",
    "/etc/pki/ca-trust/source/anchors",
    "/etc/ca-certificates/trust-source/anchors",
  ];
  const authorities = new Map<string, string>();
  for (const directory of directories) {
    const files = await readdir(directory, { recursive: true }).catch(() => []);
    for (const file of files.filter((name) => /\.(crt|pem)$/.test(name)).sort()) {
      const content = await readFile(join(directory, file), "utf8").catch(() => "");
      for (const [pem] of content.matchAll(
        /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g,
      )) {
        const name = createHash("sha256").update(pem).digest("hex").slice(0, 12);
        authorities.set(`host-${name}.crt`, pem);
      }
    }
  }
  return authorities;
}

/** A pip.conf with this machine's package index, from pip's variables and files; empty without any. */
export async function pipConfiguration(): Promise<string> {
  const files = [
    "/etc/pip.conf",
    join(homedir(), ".pip/pip.conf"),
    join(homedir(), ".config/pip/pip.conf"),
    ...(process.env.PIP_CONFIG_FILE ? [process.env.PIP_CONFIG_FILE] : []),
  ];
  const contents = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  const setting = (key: string) => {
    const variable = process.env[`PIP_${key.toUpperCase().replaceAll("-", "_")}`];
    if (variable) return variable;
    // A value goes on in the lines that are indented.
    const entry = new RegExp(`^${key}[ \\t]*[=:](.*(?:\\n[ \\t]+\\S.*)*)`, "m");
    return contents.map((content) => entry.exec(content)?.[1]?.trim()).findLast(Boolean);
  };
  const lines = ["index-url", "extra-index-url", "trusted-host", "timeout"].flatMap((key) => {
    const value = setting(key);
    return value ? [`${key} = ${value.split(/\s+/).join("\n  ")}`] : [];
  });
  return lines.length > 0 ? `[global]\n${lines.join("\n")}\n` : "";
}
