import sodium from "libsodium-wrappers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientOf } from "../../github/client.ts";
import { refusal, Shop, shop } from "./shop.ts";

let at: Shop;
beforeEach(async () => {
  at = await Shop.open();
});
afterEach(() => at.close());

const { base64_variants: variants } = sodium;

test("a request that does not keep to GitHub's description is refused and complained of", async () => {
  const wrong = { wait_timer: "five" as unknown as number };
  const request = at.as("ada").repos.createOrUpdateEnvironment({
    ...{ ...shop, environment_name: "production" },
    ...wrong,
  });
  expect(await refusal(request)).toMatch(/^422 Invalid request/);
  expect(at.github.server.complaints).toEqual([
    expect.stringContaining("/wait_timer must be integer"),
  ]);
});

test("an answer that does not is a 500 and complained of", async () => {
  Object.assign(at.repository, { createdAt: "yesterday" });
  expect(await refusal(at.as("ada").repos.get(shop))).toMatch(/^500/);
  const said = expect.stringContaining('/created_at must match format "date-time"');
  expect(at.github.server.complaints).toEqual([said]);
});

test("what the emulator lacks is a 501 and complained of", async () => {
  expect(await refusal(at.as("ada").gists.list())).toMatch(/^501/);
  expect(at.github.server.complaints).toHaveLength(1);
});

test("a rule that it cannot enforce is complained of", async () => {
  expect(await refusal(at.protect({ rules: [{ type: "required_signatures" }] }))).toMatch(/^500/);
  const said = expect.stringContaining("does not enforce required_signatures");
  expect(at.github.server.complaints).toEqual([said]);
});

test("a secret is opened, and one that was sealed for another key is refused", async () => {
  const { actions } = at.as("ada");
  const { data: key } = await actions.getRepoPublicKey(shop);
  const put = (sealed: Uint8Array) =>
    actions.createOrUpdateRepoSecret({
      ...{ ...shop, secret_name: "token", key_id: key.key_id },
      encrypted_value: sodium.to_base64(sealed, variants.ORIGINAL),
    });
  const own = sodium.from_base64(key.key, variants.ORIGINAL);
  expect((await put(sodium.crypto_box_seal("hush", own))).status).toBe(201);
  expect((await put(sodium.crypto_box_seal("hush, hush", own))).status).toBe(204);
  expect(at.repository.secrets.get("TOKEN")?.value).toBe("hush, hush");
  const foreign = sodium.crypto_box_keypair().publicKey;
  expect(await refusal(put(sodium.crypto_box_seal("hush", foreign)))).toMatch(/^422/);
  expect(at.github.server.complaints).toEqual([]);
});

test.each([
  ["sam", /^404/, /^404/],
  ["rita", /^$/, /^403 Must have admin rights/],
  ["mia", /^$/, /^403/],
  ["ada", /^$/, /^$/],
])("%s reads, and changes variables", async (login, reads, writes) => {
  const { repos, actions } = at.as(login);
  expect(await refusal(repos.get(shop))).toMatch(reads);
  const variable = { name: "A", value: "b" };
  expect(await refusal(actions.createRepoVariable({ ...shop, ...variable }))).toMatch(writes);
  expect(at.github.server.complaints).toEqual([]);
});

test("a workflow's token may what its permissions say", async () => {
  const token = clientOf(at.github, "github-actions[bot]", { contents: "read", issues: "write" });
  expect(await refusal(token.issues.create({ ...shop, title: "Drift" }))).toBe("");
  expect(await refusal(token.git.getRef({ ...shop, ref: "heads/main" }))).toBe("");
  const ref = { ref: "refs/heads/x", sha: await at.tip() };
  expect(await refusal(token.git.createRef({ ...shop, ...ref }))).toMatch(
    /^403 Resource not accessible/,
  );
  const pull = { title: "x", head: "x", base: "main" };
  expect(await refusal(token.pulls.create({ ...shop, ...pull }))).toMatch(/^403/);
});

test("an unknown token is nobody's", async () => {
  const { repos } = at.as("ada");
  at.github.world.tokens.clear();
  expect(await refusal(repos.get(shop))).toMatch(/^401 Bad credentials/);
});

test("lists come in pages, and a client finds them all", async () => {
  const { issues, paginate } = at.as("rita");
  for (const title of ["one", "two", "three"]) await issues.create({ ...shop, title });
  const page = await issues.listForRepo({ ...shop, per_page: 2 });
  expect(page.data.map((each) => each.title)).toEqual(["three", "two"]);
  expect(await paginate(issues.listForRepo, { ...shop, per_page: 2 })).toHaveLength(3);
});

test("an answer that the client has is not sent again until it changes", async () => {
  const { repos } = at.as("ada");
  const id = await at.protect({ rules: [{ type: "deletion" }] });
  const { headers } = await repos.getRepoRuleset({ ...shop, ruleset_id: id });
  const again = () =>
    repos.getRepoRuleset({
      ...{ ...shop, ruleset_id: id },
      headers: { "if-none-match": String(headers.etag) },
    });
  expect(await refusal(again())).toMatch(/^304/);
  await repos.updateRepoRuleset({ ...shop, ruleset_id: id, enforcement: "disabled" });
  expect(await refusal(again())).toBe("");
});

test.each([
  ["not-found", 404, {}],
  ["rate-limit", 403, { "x-ratelimit-remaining": "0" }],
  ["secondary-limit", 403, { "retry-after": "1" }],
  ["server-error", 502, {}],
] as const)(
  "the fault %s meets the operation as often as it is told",
  async (kind, status, headers) => {
    at.github.server.faults.add({ kind, operation: "repos/get", times: 1 });
    const { repos } = at.as("ada");
    const error = await repos.get(shop).catch((thrown) => thrown);
    expect(error).toMatchObject({ status, response: { headers } });
    expect((await repos.get(shop)).status).toBe(200);
    const { log } = at.github.server;
    expect(log.map((each) => [each.operation, each.status])).toEqual([
      ["repos/get", status],
      ["repos/get", 200],
    ]);
  },
);

test("latency is added to each answer", async () => {
  at.github.server.faults.latencyMilliseconds = 200;
  const started = performance.now();
  await at.as("ada").repos.get(shop);
  expect(performance.now() - started).toBeGreaterThan(199);
});
