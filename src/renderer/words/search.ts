/** What the search box looks at. */
interface Searched {
  title: string;
  patient: { name: string; nhsNumber: string | null };
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Whether a row matches what was typed: every word begins or lies within the patient's name or the title; or the digits, spaces ignored,
 * lie within the NHS number.
 */
export function matches(row: Searched, typed: string): boolean {
  const query = fold(typed).trim();
  if (query === '') return true;
  const digits = query.replace(/[\s-]/g, '');
  if (/^\d+$/.test(digits) && row.patient.nhsNumber?.includes(digits)) return true;
  const text = fold(`${row.patient.name} ${row.title}`);
  return query.split(/\s+/).every((word) => text.includes(word));
}
