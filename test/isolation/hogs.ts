import { execa } from "execa";

/** What takes all that it gets, for `seconds`. Each says how it went. */
export const hogs = {
  /** How often the kernel refused one more process. */
  async processes(container: string, seconds: number): Promise<number> {
    // Processes that do nothing take hardly any memory, which is another hog's to try: it would end the container.
    const bomb = [
      "import os, sys, time",
      "end, refused = time.time() + float(sys.argv[1]), 0",
      "while time.time() < end:",
      "    try:",
      "        if os.fork() == 0:",
      "            time.sleep(max(0, end - time.time()))",
      "            os._exit(0)",
      "    except OSError: refused += 1",
      "print(refused)",
    ];
    const words = ["python3", "-c", bomb.join("\n"), String(seconds)];
    return Number((await execa("docker", ["exec", container, ...words])).stdout);
  },

  /** The exit code: 137 when the kernel ended it. */
  async memory(container: string): Promise<number | undefined> {
    const hog = "blocks = []\nwhile True: blocks.append(bytearray(1 << 24))";
    const words = ["exec", container, "python3", "-c", hog];
    return (await execa("docker", words, { reject: false })).exitCode;
  },

  async processors(container: string, seconds: number): Promise<void> {
    const spin = "for i in 1 2 3 4; do timeout $0 sh -c 'while :; do :; done' & done; wait";
    await execa("docker", ["exec", container, "sh", "-c", spin, String(seconds)]);
  },
};
