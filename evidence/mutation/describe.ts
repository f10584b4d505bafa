/** Names for mutants that stay the same when lines move, and what docs/assurance.md says about those that survive. */
import ts from 'typescript';

interface Mutated {
  /** Line and column count from 1, as in Stryker's results. */
  start: { line: number; column: number };
  end: { line: number; column: number };
  mutator: string;
  replacement: string;
}

const LONGEST = 90;
const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
};

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((d) => d.name.getText()).join(', ');
  return ts.isFunctionDeclaration(statement) && statement.name ? statement.name.text : 'the file';
}

/**
 * `file › declaration › mutator: before → after` for each mutant of one file, in order of place. Those that read alike get the line that
 * they begin in, ` in …`; the second of two that still do gets ` (2)`, and so on.
 */
export function describe(file: string, source: string, mutants: readonly Mutated[]): string[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const offset = ({ line, column }: Mutated['start']) => parsed.getPositionOfLineAndCharacter(line - 1, column - 1);
  const lines = source.split('\n');
  const read = mutants.map(({ start, end, mutator, replacement }) => {
    const [from, to] = [offset(start), offset(end)];
    const statement = parsed.statements.find((s) => s.getStart() <= from && to <= s.getEnd());
    return `${file} › ${statement ? nameOf(statement) : 'the file'} › ${mutator}: ${short(source.slice(from, to))} → ${replacement === '``' ? '""' : short(replacement)}`;
  });
  const placed = read.map((name, index) => (read.filter((other) => other === name).length === 1 ? name : `${name} in ${short(lines[(mutants[index]?.start.line ?? 0) - 1] ?? '')}`));
  const seen = new Map<string, number>();
  return placed.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** The mutants that a text argues: list items that begin with a name between double back-ticks and go on with a reason. */
export function argued(markdown: string): Set<string> {
  const items = markdown.matchAll(/^- `` (.+?) ``(?=:|\n|$)([^]*?)(?=\n- |\n\n|$(?![^]))/gm);
  return new Set([...items].flatMap(([, name = '', reason = '']) => (reason.replace(/^:/, '').trim().length > 20 ? [name] : [])));
}
