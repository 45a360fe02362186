import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface NewCommit {
  /** Defaults to none. */
  parents?: string[];
  /** Texts by path, on top of the first parent's; null removes the file. */
  files?: Record<string, string | null>;
  message?: string;
  author?: string;
}

/** A bare git repository in a temporary directory. It knows history and no rules. */
export class BareRepository {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(defaultBranch: string): Promise<BareRepository> {
    const directory = await mkdtemp(join(tmpdir(), "slipway-github-"));
    const repository = new BareRepository(directory);
    await repository.git(["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, "."]);
    return repository;
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What a git command printed, without the last line break. */
  async git(words: string[], input = "", environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const env = { ...identity(), ...environment };
    const { stdout } = await execa("git", words, { cwd: this.directory, input, env });
    return stdout;
  }

  /** The text of a file as it was written. */
  async blob(id: string): Promise<string> {
    const options = { cwd: this.directory, stripFinalNewline: false };
    return (await execa("git", ["cat-file", "blob", id], options)).stdout;
  }

  /** Writes a commit that no ref names yet, and returns its id. */
  async commit({
    parents = [],
    files = {},
    message = "A change",
    author,
  }: NewCommit): Promise<string> {
    const { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email } = identity(author);
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const [first, ...others] = parents;
    // One process writes it all; the ref that its language asks for is taken back before it is made.
    const lines = [
      `commit refs/heads/made\nmark :1\ncommitter ${name} <${email}> now\n${data(message)}`,
      ...(first ? [`from ${first}\n`] : []),
      ...others.map((each) => `merge ${each}\n`),
      ...Object.entries(files).map(([path, text]) =>
        text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
      ),
      `\nget-mark :1\nreset refs/heads/made\nfrom ${"0".repeat(40)}\n`,
    ];
    return this.git(["fast-import", "--quiet", "--date-format=now"], lines.join(""));
  }

  /** Writes a commit of a tree. */
  async commitTree(
    tree: string,
    parents: string[],
    message: string,
    author?: string,
  ): Promise<string> {
    const words = ["commit-tree", tree, ...parents.flatMap((each) => ["-p", each])];
    return this.git(words, message, identity(author));
  }

  /** The commit that a ref or an id means; undefined when there is none. */
  async resolve(revision: string): Promise<string | undefined> {
    return this.ask(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]);
  }

  /** What a full ref holds, which is a tag object's id where it is annotated. */
  async readRef(ref: string): Promise<string | undefined> {
    return this.ask(["rev-parse", "--verify", "--quiet", ref]);
  }

  /** Ids by full ref below a prefix such as `refs/heads`. */
  async refs(prefix = "refs"): Promise<Record<string, string>> {
    const text = await this.git(["for-each-ref", "--format=%(refname) %(objectname)", prefix]);
    const lines = text.split("\n").filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  }

  /** Moves or makes a ref; without an id it is deleted. */
  async setRef(ref: string, id: string | undefined): Promise<void> {
    await this.git(id ? ["update-ref", ref, id] : ["update-ref", "-d", ref]);
  }

  async isAncestor(ancestor: string, descendant: string, environment?: NodeJS.ProcessEnv) {
    const words = ["merge-base", "--is-ancestor", ancestor, descendant];
    return (await this.ask(words, environment)) !== undefined;
  }

  /** Commits of `head` that `base` lacks, oldest first; `--merges` among the options leaves the merges alone. */
  async commitsBetween(
    base: string | undefined,
    head: string,
    options: string[] = [],
    environment?: NodeJS.ProcessEnv,
  ) {
    const range = base ? [`${base}..${head}`] : [head];
    const words = ["rev-list", "--reverse", "--topo-order", ...options, ...range];
    return (await this.git(words, "", environment)).split("\n").filter(Boolean);
  }

  /** The tree of both merged; undefined when they conflict. */
  async mergedTree(ours: string, theirs: string): Promise<string | undefined> {
    const text = await this.ask(["merge-tree", "--write-tree", ours, theirs]);
    return text?.split("\n")[0];
  }

  private async ask(
    words: string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<string | undefined> {
    const env = { ...environment };
    const result = await execa("git", words, { cwd: this.directory, reject: false, env });
    return result.failed ? undefined : result.stdout;
  }
}

function identity(name = "emulator"): NodeJS.ProcessEnv {
  const email = `${name}@users.noreply.example.com`;
  return {
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email },
  };
}
