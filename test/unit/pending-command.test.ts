import { expect, test } from "vitest";
import { headsCommand, pendingCommand } from "../../infra/pending-command.ts";

const script = "/run/slipway/bin/pending-alembic.py";
const of = (command: string, pending?: string[]) =>
  pendingCommand({ command: command.split(" "), pending })?.join(" ");

test.each([
  ["alembic upgrade head", `python3 ${script}`],
  [
    "alembic -c conf/alembic.ini -x tenant=a upgrade heads",
    `python3 ${script} -c conf/alembic.ini -x tenant=a`,
  ],
  ["/opt/venv/bin/alembic upgrade head", `/opt/venv/bin/python3 ${script}`],
  ["python -m alembic -n other upgrade head", `python ${script} -n other`],
  ["/usr/bin/python3.13 -m alembic upgrade head", `/usr/bin/python3.13 ${script}`],
])("%s is asked by the same Python, with the same options", (command, pending) => {
  expect(of(command)).toBe(pending);
});

test.each([
  "python manage.py migrate",
  "sh -c 'alembic upgrade head'",
  "alembic stamp head",
  "my-alembic upgrade head",
])("nobody knows what %s would do", (command) => {
  expect(of(command)).toBeUndefined();
});

test("a command that is configured is the one", () => {
  expect(of("alembic upgrade head", ["sh", "pending.sh"])).toBe("sh pending.sh");
});

test("where an image's migrations end is asked by the same Alembic, unless another command knows what is pending", () => {
  const heads = (command: string, pending?: string[]) =>
    headsCommand({ command: command.split(" "), pending })?.join(" ");
  expect(heads("alembic -c conf/alembic.ini upgrade head")).toBe(
    "alembic -c conf/alembic.ini heads",
  );
  expect(heads("python -m alembic upgrade head")).toBe("python -m alembic heads");
  expect(heads("alembic upgrade head", ["sh", "pending.sh"])).toBeUndefined();
  expect(heads("python manage.py migrate")).toBeUndefined();
});
