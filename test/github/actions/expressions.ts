import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What expressions of a workflow may speak of, such as `github`, `needs`, `inputs`. */
export type Contexts = Record<string, unknown>;

const status = ["success", "failure", "always", "cancelled"];

/** Every `${{ … }}` of a text, in its place. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.+?)\}\}/g, (_, expression) =>
    evaluate(expression, contexts).coerceString(),
  );
}

/** A condition of a job or a step. Without a word of its own about what went wrong, everything before has to be well. */
export function holds(condition: string | undefined, contexts: Contexts, isWell: boolean): boolean {
  const plain = condition?.replace(/^\$\{\{(.+)\}\}$/, "$1") ?? "true";
  const says = status.some((name) => plain.includes(`${name}()`));
  const result = evaluate(plain, contexts, isWell);
  const isTrue = !["", "0", "false"].includes(result.coerceString());
  return isTrue && (says || isWell);
}

function evaluate(expression: string, contexts: Contexts, isWell = true) {
  const names = Object.keys(contexts);
  const functions = status.map((name) => ({ name, minArgs: 0, maxArgs: 0 }));
  const { tokens } = new Lexer(expression.trim()).lex();
  const tree = new Parser(tokens, names, functions).parse();
  const given = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const answers: Record<string, boolean> = {
    ...{ success: isWell, failure: !isWell, always: true, cancelled: false },
  };
  const calls = functions.map(
    (each) =>
      [
        each.name,
        { ...each, call: () => new data.BooleanData(answers[each.name] ?? false) },
      ] as const,
  );
  return new Evaluator(tree, given, new Map(calls)).evaluate();
}
