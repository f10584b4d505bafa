/** What others wrote of a recording, as it was last admitted, kept by Task in the library. */
import type { OthersNote } from '../../../preload/review.ts';
import type { Admitted } from '../../assurance/reviewWork.ts';
import type { InLibrary } from '../../review/notebook.ts';
import type { About } from '../../review/resources.ts';

const EMPTY: Admitted = { responses: [], notes: [], messages: [], people: [], leftOut: 0 };

/** With what it was admitted for: once any of that is another, nothing says that their words are about it. */
interface Kept extends Admitted {
  of: string;
  binary: string;
}

const keyOf = ({ document, encounter, patient, binary }: About): string => JSON.stringify([document, encounter, patient, binary]);

/** Nothing of their words but which stretches of the media are to be hidden from a group. */
const masksAlone = ({ notes }: Admitted): Admitted => ({ ...EMPTY, notes: notes.filter(({ kind }) => kind === 'mask').map((mask): OthersNote => ({ ...mask, text: '-' })) });

export class Theirs {
  readonly #in: InLibrary;

  constructor(inLibrary: InLibrary) {
    this.#in = inLibrary;
  }

  put(task: string, admitted: Admitted, about: About): void {
    this.#write(task, { ...admitted, of: keyOf(about), binary: about.binary });
  }

  /** As far as it was admitted for what passes now. What is to be hidden in these media stays hidden, whatever else is another by now. */
  of(task: string, about: About | null): Admitted {
    const kept = this.#read(task);
    if (!kept || !about) return EMPTY;
    const { of, binary, ...admitted } = kept;
    if (of === keyOf(about)) return admitted;
    return binary === about.binary ? masksAlone(admitted) : EMPTY;
  }

  /** The recording is withheld: their words go as its copy does. */
  silence(task: string): void {
    const kept = this.#read(task);
    if (kept) this.#write(task, { ...masksAlone(kept), of: '', binary: kept.binary });
  }

  #read(task: string): Kept | null {
    const body = this.#in((db) => db.prepare('SELECT body FROM theirs WHERE task = ?').pluck().get(task)) as string | undefined;
    return body === undefined ? null : JSON.parse(body) as Kept;
  }

  #write(task: string, kept: Kept): void {
    this.#in((db) => db.prepare('INSERT INTO theirs VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body').run(task, JSON.stringify(kept)));
  }
}
