import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { type Images, resolveImages } from "../../scripts/images/resolve-images.ts";
import { addressOf, docker, ending, hardened, throwAway, until, writeFile } from "../throw-away.ts";

const report = { detail() {}, note: (line: string) => console.info(line) };
const make = throwAway();
let images: Images;

beforeAll(async () => {
  images = await resolveImages(report);
});

const get = async (address: string) => {
  const answer = await execa(
    "docker",
    ["run", "--rm", images.helper, "wget", "-q", "-T", "2", "-O", "-", address],
    { reject: false },
  );
  return answer.failed ? undefined : answer.stdout;
};

test("Traefik runs hardened, routes by a file to the helper's web server, and tells its health", async () => {
  const [pages, routes] = [await make.volume(), await make.volume()];
  await writeFile(images.helper, pages, {
    path: "index.html",
    content: "served",
    owner: "65532:65532",
  });
  const backend = await make.container(
    ...hardened,
    "--user=65532:65532",
    `--volume=${pages}:/www:ro`,
    images.helper,
    ...["httpd", "-f", "-p", "8080", "-h", "/www"],
  );
  const route = {
    http: {
      routers: { all: { rule: "PathPrefix(`/`)", service: "pages" } },
      services: {
        pages: { loadBalancer: { servers: [{ url: `http://${await addressOf(backend)}:8080` }] } },
      },
    },
  };
  const edge = await make.container(
    ...hardened,
    "--user=65532:65532",
    `--volume=${routes}:/routes:ro`,
    images.traefik,
    "--entryPoints.web.address=:8000",
    "--providers.file.directory=/routes",
    "--providers.providersThrottleDuration=100ms",
    "--ping=true",
    "--ping.entryPoint=web",
  );
  const url = `http://${await addressOf(edge)}:8000/`;
  await until(() => get(`${url}ping`));
  expect(await get(url)).toBeUndefined();
  await writeFile(images.helper, routes, {
    path: "pages.yml",
    content: JSON.stringify(route),
    owner: "65532:65532",
  });
  expect(await until(() => get(url), 10)).toBe("served");

  const health = [
    "traefik",
    "healthcheck",
    "--ping",
    "--ping.entryPoint=web",
    "--entryPoints.web.address=:8000",
  ];
  expect(await docker("exec", edge, ...health)).toContain("OK");
  await docker("stop", edge);
  expect((await ending(edge)).code).toBe(0);
});

test("Traefik's image takes a subcommand or a shell, and has certificate authorities", async () => {
  expect(await docker("run", "--rm", images.traefik, "version")).toMatch(/Version:\s+3\.6\./);
  expect(
    await docker(
      "run",
      "--rm",
      images.traefik,
      "sh",
      "-c",
      "wc -c </etc/ssl/certs/ca-certificates.crt",
    ),
  ).toMatch(/^\d{6}/);
});

test("the helper has the programs that host scripts use", async () => {
  const programs =
    "sh awk base64 cat chmod chown cut find flock grep head httpd id install ln ls mkdir mktemp mv nc rm sed sha256sum sleep sort stat sync tail tar touch tr wc wget xargs";
  const script = `for each in ${programs}; do command -v $each >/dev/null || echo "$each is missing"; done`;
  expect(await docker("run", "--rm", images.helper, "sh", "-euc", script)).toBe("");
  expect(await docker("run", "--rm", images.helper, "flock", "/tmp/lock", "echo", "locked")).toBe(
    "locked",
  );
});
