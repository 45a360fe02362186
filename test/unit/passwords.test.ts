import { isSecret, type Output } from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { passwords } from "../../components/passwords.ts";
import { passwordOf, record, types } from "./record.ts";

const recorder = await record();

afterEach(() => void recorder.clear());

function resolved(output: Output<string>): Promise<string> {
  return new Promise<string>((resolve) => void output.apply(resolve));
}

test("each purpose has a password of its own, the same whenever it is asked for", async () => {
  const make = passwords("passwords");
  const [app, owner, again] = await Promise.all(
    ["postgres app 1", "postgres owner 1", "postgres app 1"].map((each) => resolved(make(each))),
  );
  expect(app).toBe(passwordOf("postgres app 1"));
  expect(app).toMatch(/^[0-9a-f]{64}$/);
  expect(owner).not.toBe(app);
  expect(again).toBe(app);
  expect(recorder.of(types.password)).toHaveLength(1);
});

test("a password stays secret", async () => {
  expect(await isSecret(passwords("passwords")("redis admin"))).toBe(true);
});

test("nothing is made for a stack whose servers are somebody else's", async () => {
  passwords("passwords");
  await recorder.wait();
  expect(recorder.of(types.password)).toEqual([]);
});
