/** A review as a file that its clinician takes with them. */
import type { Exported } from '../../../preload/console.ts';
import type { Assured } from '../../assurance/assess.ts';
import { portfolio, type PortfolioForm, type PortfolioNote } from '../../audit/printed/portfolio.ts';
import type { Stamp } from '../../audit/printed/page.ts';
import { Failure } from '../../platform/failure.ts';
import { exportFile } from '../exports.ts';
import type { Desk } from '../desk.ts';
import { unaskedRefusal } from '../unasked.ts';
import { passing, reviewView, subjectOnScreen } from './reviewing.ts';

interface Wanted {
  reflection: string;
  /** With who the patient is, and when and why they came. */
  patient: boolean;
  /** Seconds of media, as the player found it; null where it was not played. */
  length: number | null;
}

/** Recorded in the person's own chain before the file has its name. Throws as {@link exportFile} does, `recording-withheld` for what does not pass now, and what opening it would be refused with. */
export async function exportReflection(desk: Desk, rowId: string, { reflection, patient: named, length }: Wanted): Promise<Exported> {
  const vault = desk.vaultOrThrow();
  const { journal, person, site, machine } = desk;
  if (!journal || !person) throw new Failure('locked', 'nobody is here');
  const mayLeave = async (): Promise<Assured> => {
    const now = await passing(desk, rowId);
    const subject = subjectOnScreen(desk, now);
    const refusal = unaskedRefusal(desk, now.assured);
    if (!refusal) return now.assured;
    journal.write({ event: 'denied', subject, reasons: [refusal.code === 'recording-not-here' ? 'offline-not-permitted' : refusal.code] });
    throw refusal;
  };
  const assured = await mayLeave();
  const { notes, othersNotes, responses, othersResponses, forms, watched } = await reviewView(desk, rowId);
  const { patient, startedAt, title, review, purpose, media } = assured;
  const formCalled = (id: string) => forms.find((one) => one.id === id) ?? null;
  const written: PortfolioForm[] = [
    ...responses.map(({ form, state, answers, changedAt }) => ({ form: formCalled(form), title: formCalled(form)?.title ?? '', author: null, releasedAt: state === 'released' ? changedAt : null, answers })),
    ...othersResponses.map(({ form, title: its, author, releasedAt, answers }) => ({ form: formCalled(form), title: formCalled(form)?.title ?? its, author, releasedAt, answers })),
  ].map((one) => ({ ...one, title: one.title === '' ? 'A form of the practice' : one.title }));
  const said: PortfolioNote[] = [...notes.map((one) => ({ ...one, author: null })), ...othersNotes].filter(({ kind }) => kind !== 'mask').sort((a, b) => a.from - b.from);
  const stamp: Stamp = { practice: site.practice, exporter: { name: person.name, role: person.role.name, sds: person.sds }, at: new Date(machine.now()).toISOString() };
  const page = portfolio({
    patient: named ? { ...patient, consultedAt: startedAt, title } : null, review, purpose, medium: media.contentType.startsWith('video/') ? 'video' : 'audio', reflection, forms: written, notes: said,
    watched: watched.reduce((sum, [from, to]) => sum + to - from, 0), length,
  }, stamp);
  const rows = written.length + said.length;
  const content = [await machine.printPdf(page)];
  // Printing takes its time: what was taken away, or moved to another recording, meanwhile does not leave.
  if ((await mayLeave()).recording !== assured.recording) throw new Failure('busy', 'of another recording meanwhile');
  return exportFile({ folder: machine.downloads, record: (event) => journal.write(event), still: () => desk.stillOrThrow(vault), stamp, complete: true }, {
    kind: 'portfolio', type: 'pdf', content, rows: () => rows, filter: { recording: assured.recording, patient: named },
    filterWords: [named ? 'One review, with who the patient is' : 'One review, without who the patient is'],
  });
}
