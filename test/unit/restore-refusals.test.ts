import { tmpdir } from "node:os";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { hostScript } from "../../components/host-script.ts";

/** What a restore says of backups that are of one version of Postgres, with a server's image that has another. */
async function restoreWith(image: string): Promise<string> {
  const host = { engine: "unix:///nowhere", directory: tmpdir(), helperImage: "" };
  const script = hostScript("restore", host, { STACK: "staging", VOLUMES: "", OWN_EDGE: "" });
  const lines = `docker() { echo 'postgres (PostgreSQL) ${image} (Debian ${image}-1)'; }
    sets='pg1 20260101-000000F 2026-01-01T00:00:00+00 17 1000' side_data=/data side_image=one side_arguments=()
    require_version && echo restored`;
  const input = script.replace('"$1" {', () => `apply() { ${lines}\n}\n"$1" {`);
  const { all } = await execa("bash", ["-s", "apply"], { input, all: true, reject: false });
  return all;
}

describe("backups of another version of Postgres", () => {
  it.each(["16.9", "18.1"])(
    "are not given to %s, which is told with what to set",
    async (image) => {
      const [has] = image.split(".");
      expect(await restoreWith(image)).toContain(
        `the backups are of Postgres 17 and the server's image has ${has}, which cannot read them: set slipway:images.postgres to one of version 17`,
      );
    },
  );

  it("are restored by a later one of the same", async () => {
    expect(await restoreWith("17.7")).toBe("restored");
  });
});
