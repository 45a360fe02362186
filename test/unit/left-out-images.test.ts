import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { withLeftOutImages } from "../../infra/left-out-images.ts";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp, images } from "./configuration.ts";

await pulumi.runtime.setMocks(
  { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
  "slipway",
  "staging",
);

const given = {
  app: { celery: "erp.worker" },
  services: { api: { port: 8000 }, front: { port: 3000, image: "front-2" } },
  workers: { mailer: {} },
  beat: { enabled: true },
};

describe("an image that a configuration leaves out", () => {
  test("is the one that runs, and one that it names is not", () => {
    const running = {
      ...{ "app.image": "app-1", "services.front.image": "front-1" },
      ...{ "workers.mailer.image": "mailer-1", "beat.image": "beat-1" },
    };
    expect(withLeftOutImages(given, running)).toEqual({
      app: { celery: "erp.worker", image: "app-1" },
      services: { api: { port: 8000 }, front: { port: 3000, image: "front-2" } },
      workers: { mailer: { image: "mailer-1" } },
      beat: { enabled: true, image: "beat-1" },
    });
    expect(withLeftOutImages(given, {})).toEqual(given);
  });

  test("makes nothing of what is not configured any more, or is no map", () => {
    const running = {
      ...{ "services.gone.image": "a", "workers.gone.image": "b", "services.api.image": "c" },
      ...{ "app.image": "d", "beat.image": "e" },
    };
    const odd = { services: { api: "8000" }, workers: [], app: null, beat: 3 };
    expect(withLeftOutImages(odd, running)).toEqual(odd);
  });
});

describe("settings", () => {
  const front = { port: 80, hosts: ["www.example.com"] };
  const read = (changes: Record<string, unknown>, running: Record<string, string>) => {
    configure(erp(changes));
    return readSettings(running);
  };

  test("are checked with the images that run in the places of those that are left out", () => {
    const running = { "app.image": images.app, "services.front.image": images.redis };
    const { app, services } = read({ "app.image": undefined, "services.front": front }, running);
    expect(app.image).toBe(images.app);
    expect(services.front?.image).toBe(images.redis);
    expect(services.api?.image).toBeUndefined();
  });

  test("are refused where none is named and none ran, with what to type", () => {
    const running = { "services.front.image": images.redis };
    const unnamed = { "app.image": undefined, "services.front": front, migration: {} };
    expect(() => read(unnamed, {})).toThrow(
      /has one mistake;.*\n {2}slipway:app\.image\n.*nothing\n.*that could stay\n.* config set --path 'slipway:app\.image' 'registry/s,
    );
    expect(() => read(unnamed, running)).toThrow(
      /has 3 mistakes;.*services\.api\.image.*workers\.worker\.image.*beat\.image/s,
    );
  });
});
