import ts from 'typescript';

/**
 * The tests of a file, each as `describe › it` in the words of its source: a title that is made from a table keeps its placeholders (`%s`, `${how}`).
 * Tests that are skipped or still to be written are left out, because they show nothing.
 */
export function titlesIn(source: string, fileName: string): string[] {
  const titles: string[] = [];
  const walk = (node: ts.Node, above: readonly string[]): void => {
    const block = ts.isCallExpression(node) ? blockOf(node) : null;
    if (block?.runs === false) return;
    const path = block ? [...above, block.title] : above;
    if (block?.isTest) titles.push(path.join(' › '));
    ts.forEachChild(node, (child) => walk(child, path));
  };
  walk(ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true), []);
  return titles;
}

/** `it('…')`, `describe('…')`, and those with `.each`, `.for` or another word behind, whose title is the first argument of the last call. */
function blockOf(call: ts.CallExpression): { title: string; isTest: boolean; runs: boolean } | null {
  const [first] = call.arguments;
  const text = first && (ts.isStringLiteralLike(first) ? first.text : ts.isTemplateExpression(first) ? first.getText().slice(1, -1) : null);
  if (text == null) return null;
  const words = wordsOf(call.expression);
  const [name = ''] = words;
  const isTest = ['it', 'test'].includes(name) && words[1] !== 'describe';
  if (!isTest && name !== 'describe' && words[1] !== 'describe') return null;
  // Steps, hooks and the like are parts of a test.
  if (words.some((word) => ['step', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'use', 'info', 'setTimeout'].includes(word))) return null;
  return { title: text, isTest, runs: !words.some((word) => ['skip', 'todo', 'fixme'].includes(word)) };
}

/** `it.each(table)` → it, each. */
function wordsOf(callee: ts.Expression): string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) return [...wordsOf(callee.expression), callee.name.text];
  if (ts.isCallExpression(callee)) return wordsOf(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? wordsOf(callee.tag) : [];
}
