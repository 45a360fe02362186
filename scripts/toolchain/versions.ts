import manifest from "../../package.json" with { type: "json" };

/** A program that a machine needs, and the ways to get it. */
export interface Part {
  name: string;
  version: string;
  /** The file that its directory must hold. */
  executable: string;
  official?: OfficialArchive;
  goModule?: GoModule;
}

/** Where the publisher keeps a part; paths are below the download site. */
export interface OfficialArchive {
  archive: string;
  checksums: string;
  /** A second copy of the checksum file, asked only when the site itself lacks it. */
  checksumsOnGitHub: string;
  /** 1 when the archive wraps its files in one directory. */
  stripComponents: 0 | 1;
}

/** How to build a part from a module whose go.mod and go.sum pin everything. */
export interface GoModule {
  /** Below scripts/toolchain/go. */
  directory: string;
  /** The main package. */
  package: string;
  tags?: string;
  /** The variable that the linker sets to `versionText`, which is what the program reports, if it reports any. */
  versionVariable?: string;
  versionText?: string;
}

const npmVersions = manifest.dependencies;
const architecture = process.arch === "arm64" ? "arm64" : "amd64";

const cliVersion = npmVersions["@pulumi/pulumi"];

export const pulumi: Part = {
  name: "pulumi",
  version: cliVersion,
  executable: "pulumi",
  official: {
    archive: `releases/sdk/pulumi-v${cliVersion}-linux-${architecture === "arm64" ? "arm64" : "x64"}.tar.gz`,
    checksums: `releases/sdk/pulumi-${cliVersion}-checksums.txt`,
    checksumsOnGitHub: `https://github.com/pulumi/pulumi/releases/download/v${cliVersion}/pulumi-${cliVersion}-checksums.txt`,
    stripComponents: 1,
  },
  goModule: {
    directory: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    versionText: `v${cliVersion}`,
  },
};

/** Runs the program; it comes with the CLI or is one of those in plugins/. */
export const languageHost: Part = {
  name: "language-nodejs",
  version: cliVersion,
  executable: "pulumi-language-nodejs",
};

export const dockerPlugin: Part = {
  ...providerPlugin("docker", npmVersions["@pulumi/docker"]),
  goModule: {
    directory: "docker-plugin",
    package: ".",
    // Leaves out docker_compose, which is no resource of the Pulumi plugin, and all of Compose with it.
    tags: "no_compose",
    versionVariable: "main.version",
    versionText: npmVersions["@pulumi/docker"],
  },
};

/** The parts that every stack needs, in the order in which they are made. Those without a Go module are also in plugins/. */
export const parts: readonly Part[] = [
  pulumi,
  dockerPlugin,
  providerPlugin("command", npmVersions["@pulumi/command"]),
  providerPlugin("random", npmVersions["@pulumi/random"]),
];

/** Only for the stack `github`: who has none never gets it. */
export const githubPlugin: Part = {
  ...providerPlugin("github", npmVersions["@pulumi/github"]),
  goModule: {
    directory: "github-plugin",
    package: ".",
    versionVariable: "main.version",
    versionText: npmVersions["@pulumi/github"],
  },
};

const traefikVersion = "3.6.12";

/** Only for the image that stands in for the official one. */
export const traefik = {
  name: "traefik",
  version: traefikVersion,
  executable: "traefik",
  goModule: {
    directory: "traefik",
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    versionVariable: "github.com/traefik/traefik/v3/pkg/version.Version",
    versionText: traefikVersion,
  },
} satisfies Part;

const registryVersion = "3.1.2";

/** Only for the tests: an image registry on the loopback interface. */
export const registry = {
  name: "registry",
  version: registryVersion,
  executable: "registry",
  goModule: {
    directory: "registry",
    package: ".",
    versionVariable: "github.com/distribution/distribution/v3/version.version",
    versionText: `v${registryVersion}`,
  },
} satisfies Part;

/** Only for the bench: the proxy that a deploy is compared with. */
export const kamalProxy = {
  name: "kamal-proxy",
  version: "0.9.2",
  executable: "kamal-proxy",
  goModule: {
    directory: "kamal-proxy",
    package: "github.com/basecamp/kamal-proxy/cmd/kamal-proxy",
  },
} satisfies Part;

/** Only for `npm run prove` and its test: the load generator. */
export const k6 = {
  name: "k6",
  version: "1.8.1",
  executable: "k6",
  goModule: { directory: "k6", package: "go.k6.io/k6" },
} satisfies Part;

/** Only for the tests: an authority that speaks ACME, and the name server that it asks. */
export const pebble = {
  name: "pebble",
  version: "2.10.1",
  executable: "pebble",
  goModule: { directory: "pebble", package: "github.com/letsencrypt/pebble/v2/cmd/pebble" },
} satisfies Part;

export const challtestsrv = {
  ...{ name: "pebble-challtestsrv", version: pebble.version, executable: "pebble-challtestsrv" },
  goModule: {
    directory: "pebble",
    package: "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv",
  },
} satisfies Part;

/** Only for the tests: storage that speaks S3, on a directory. */
export const versitygw = {
  name: "versitygw",
  version: "1.8.0",
  executable: "versitygw",
  goModule: { directory: "versitygw", package: "github.com/versity/versitygw/cmd/versitygw" },
} satisfies Part;

/** Only for `npm test`: reads the workflows. */
export const actionlint = {
  name: "actionlint",
  version: "1.7.12",
  executable: "actionlint",
  goModule: {
    directory: "actionlint",
    package: "github.com/rhysd/actionlint/cmd/actionlint",
  },
} satisfies Part;

function providerPlugin(name: string, version: string): Part {
  const checksums = `pulumi-${name}_${version}_checksums.txt`;
  return {
    name,
    version,
    executable: `pulumi-resource-${name}`,
    official: {
      archive: `releases/plugins/pulumi-resource-${name}-v${version}-linux-${architecture}.tar.gz`,
      checksums: `releases/plugins/${checksums}`,
      checksumsOnGitHub: `https://github.com/pulumi/pulumi-${name}/releases/download/v${version}/${checksums}`,
      stripComponents: 0,
    },
  };
}
