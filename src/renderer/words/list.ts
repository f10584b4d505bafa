import type { ListQuery } from '../../preload/review.ts';
import { nothingLeft as text } from '../text/list.ts';

/** Why a query finds nothing: by the one thing that was asked, or that several were. @param isWithheld something is, and would not be found */
export function whyNothing({ text: typed, progress, due, copy, review, refused }: ListQuery, isWithheld: boolean): string {
  const filters = [...progress, ...[due, copy, review].filter((one) => one !== 'any'), ...(refused ? ['refused' as const] : [])];
  const words = typed.trim();
  if (words !== '') return `${filters.length === 0 ? text.text(words) : text.both(words)}${isWithheld ? ` ${text.withheld}` : ''}`;
  const [only, ...more] = filters;
  return only === undefined || more.length > 0 ? text.several : text[only];
}
