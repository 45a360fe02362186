import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Failure } from "../../scripts/failure.ts";
import { buildApp } from "../../scripts/images/build-app.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker } from "../throw-away.ts";

const report = { detail() {}, note: (line: string) => console.info(line) };
const built = new Set<string>();
let directory = "";
let python = "";

beforeAll(async () => {
  python = (await resolveImages(report)).python;
  directory = await mkdtemp(join(tmpdir(), "slipway-test-app-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  if (built.size > 0) await docker("image", "rm", "--force", ...built);
});

const build = async (dockerfile: string, source: string) => {
  await writeFile(join(directory, "Dockerfile"), dockerfile);
  await writeFile(join(directory, "app.py"), source);
  const id = await buildApp(directory, python, report);
  built.add(id);
  return id;
};

const plain = `ARG PYTHON_IMAGE
FROM \${PYTHON_IMAGE} AS build
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir six==1.17.0
RUN pip install --no-cache-dir --upgrade pip packaging
RUN apt-get update && apt-get install -y --no-install-recommends netbase && rm -rf /var/lib/apt/lists/*

FROM \${PYTHON_IMAGE}
COPY --from=build /venv /venv
COPY app.py /
USER 10001:10001
CMD ["/venv/bin/python", "/app.py"]
`;

test("a plain Dockerfile installs from the package indexes, and an unchanged one keeps its image", async () => {
  const source = "import six, sys; print(sys.version_info[:2], six.__version__)";
  const id = await build(plain, source);
  expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await docker("run", "--rm", id)).toBe("(3, 13) 1.17.0");

  const started = Date.now();
  expect(await build(plain, source)).toBe(id);
  expect(Date.now() - started).toBeLessThan(5000);
  expect(await build(plain, `${source} # changed`)).not.toBe(id);
});

test("what stops a build is told in one line", async () => {
  const broken = `${plain.split("\n").slice(0, 2).join("\n")}\nRUN pip install /no/such/file\n`;
  const failure = await build(broken, "").then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Failure);
  expect((failure as Failure).message).toMatch(
    /^the image of slipway-test-app-\w+ could not be built: ERROR: .*no\/such\/file/,
  );
  expect((failure as Failure).message).not.toContain("\n");
});
