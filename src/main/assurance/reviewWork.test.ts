/** Of whatever a practice sends as others' reviews, only what is about exactly this recording, by somebody whom it names and who released it, is ever on its screen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Note, OthersNote, OthersResponse, ReviewWork, ThreadMessage } from '../../preload/review.ts';
import type { Practitioner } from '../fhir/resources.ts';
import type { Facts } from './assess.ts';
import { admitReview, placeOf } from './reviewWork.ts';

const fhirBase = 'https://fhir.demo-surgery.example/r4';
const me = 'Practitioner/gp-1';
const named = (family: string): Practitioner => ({ resourceType: 'Practitioner', id: 'x', name: [{ family, given: ['Demo'] }] });
const people = new Map([[me, named('Me')], ['Practitioner/gp-2', named('Two')], ['Practitioner/gp-3', named('Three')], ['Practitioner/gp-5', { ...named('x'), name: [] }]]);
const assured = { evidence: { recording: { id: 'rec-1', subject: { reference: 'Patient/pat-1' } }, encounter: { id: 'enc-1' } }, media: { binary: 'Binary/media-1' } } as unknown as Facts;
const admit = (responses: unknown[], messages: unknown[] = []) => admitReview(responses, messages, { assured, me, fhirBase, people, titles: new Map([['https://forms.example/cot|1', 'COT']]) });

const HERE = 'DocumentReference/rec-1';
const documents = [HERE, `${fhirBase}/${HERE}`, 'DocumentReference/rec-2', `https://elsewhere.example/r4/${HERE}`, `${HERE}/_history/1`, 'Patient/pat-1', '', undefined];
const persons = [me, 'Practitioner/gp-2', `${fhirBase}/Practitioner/gp-3`, 'Practitioner/gp-4', 'Practitioner/gp-5', 'PractitionerRole/role-gp-2', 'Patient/pat-1', 'https://elsewhere.example/r4/Practitioner/gp-2', undefined];
const statuses = ['in-progress', 'completed', 'amended', 'entered-in-error', 'stopped', 'unknown'];
const hostile = ['<script>alert(1)</script>', '<b>bold</b> & “more”', 'Plain', '-'];
const uuids = ['0d0f5c54-2c0e-4d67-8d0e-4f4f7c1c8a11', '7b0e4c1e-5a0f-4d61-9a63-0c5f0f6d2b11', 'no-uuid'];

const any = <T>(of: readonly T[]) => fc.constantFrom(...of);
const reference = (of: readonly (string | undefined)[]) => any(of).map((one) => (one === undefined ? {} : { reference: one }));
const odd = fc.oneof({ weight: 8, arbitrary: fc.constant<object>({}) }, { weight: 1, arbitrary: fc.constantFrom<object>({ modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] }, { implicitRules: 'https://example.org/rules' }) });
const place = any(['Binary/media-1#t=1,2.5', 'Binary/media-1#t=3', '#t=4', 'Binary/media-2#t=5,6', 'Binary/media-1#t=9,8', 'https://elsewhere.example/#t=1', '']);
const comment = fc.record({ valueString: any(hostile), item: fc.tuple(place, any(['point', 'range', 'mask', 'else']), any(uuids)).map(([at, kind, id]) => [
  { linkId: 'comment.at', answer: [{ valueUri: at }] }, { linkId: 'comment.kind', answer: [{ valueString: kind }] }, { linkId: 'comment.id', answer: [{ valueUri: `urn:uuid:${id}` }] },
]) });
const graded = fc.record({ linkId: any(['cot.1', 'group', 'feedback', '__proto__', 'constructor']), answer: fc.array(fc.record({ valueInteger: fc.integer({ min: -3, max: 9 }), valueString: any(hostile) }, { requiredKeys: [] }), { minLength: 1, maxLength: 2 }) })
  .chain((item) => fc.array(any(uuids), { maxLength: 3 }).map((ids) => ({ ...item, answer: item.answer.map((one) => ({ ...one, item: [{ linkId: `${item.linkId}.cites`, answer: ids.map((id) => ({ valueUri: `urn:uuid:${id}` })) }] })) })));
const item = fc.oneof(graded, fc.array(comment, { maxLength: 3 }).map((answer) => ({ linkId: 'comment', answer })), fc.array(graded, { maxLength: 2 }).map((inner) => ({ linkId: 'group', item: inner })));
const response = fc.tuple(odd, fc.record({
  resourceType: any(['QuestionnaireResponse', 'QuestionnaireResponse', 'Observation']), id: any(['r-1', 'r-2', 'r-3', 'r/4']), questionnaire: any(['https://forms.example/cot|1', 'https://viewing-room.example/fhir/Questionnaire/notes|1', 'https://forms.example/gone|7']),
  status: any(statuses), subject: reference(documents), author: reference(persons), encounter: fc.option(reference(['Encounter/enc-1', 'Encounter/enc-1', 'Encounter/enc-2', undefined]), { nil: undefined, freq: 2 }), authored: any(['2026-11-20T10:00:00Z', '2026-11-20', 'yesterday']), item: fc.array(item, { maxLength: 4 }),
})).map(([more, one]) => ({ ...one, ...more }));
const message = fc.tuple(odd, fc.record({
  resourceType: any(['Communication', 'Communication', 'CommunicationRequest']), id: any(['m-1', 'm-2', 'm-3']), status: any(['completed', 'completed', 'entered-in-error', 'in-progress']), about: fc.array(reference(documents), { minLength: 0, maxLength: 2 }),
  subject: fc.option(reference(['Patient/pat-1', 'Patient/pat-2', `${fhirBase}/Patient/pat-1`]), { nil: undefined }), encounter: fc.option(reference(['Encounter/enc-1', 'Encounter/enc-2']), { nil: undefined, freq: 2 }), sender: reference(persons), recipient: fc.array(reference(persons), { maxLength: 3 }), sent: any(['2026-11-20T10:00:00Z', 'x']),
  payload: fc.array(any(hostile).map((contentString) => ({ contentString })), { maxLength: 2 }), identifier: fc.option(any(uuids).map((id) => [{ system: 'https://viewing-room.example/fhir/message', value: `urn:uuid:${id}` }]), { nil: undefined }),
})).map(([more, one]) => ({ ...one, ...more }));
const junk = any<unknown>([null, 7, 'text', [], {}]);

/** An independent reading of who may be shown, in this graph. */
const isHere = (ref: string | undefined) => ref === HERE || ref === `${fhirBase}/${HERE}` || ref === `${HERE}/_history/1`;
const ofConsultation = (one: object) => !('encounter' in one) || one.encounter === undefined || (one.encounter as { reference?: string }).reference === 'Encounter/enc-1';
const who = (ref: string | undefined) => ({ 'Practitioner/gp-2': 'Demo Two', [`${fhirBase}/Practitioner/gp-3`]: 'Demo Three', [me]: 'Demo Me' })[ref ?? ''];

describe('what others wrote', () => {
  it('is only what is about this recording and its patient, by somebody who is named, released, and readable throughout', () => {
    fc.assert(fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: response }, { weight: 1, arbitrary: junk }), { maxLength: 12 }), fc.array(fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: junk }), { maxLength: 10 }), (responses, messages) => {
      const admitted = admit(responses, messages);
      const sources = responses.filter((one): one is { id: string; status: string; subject: { reference?: string }; author: { reference?: string }; questionnaire: string; item: unknown } & Record<string, unknown> => typeof one === 'object' && one !== null && 'subject' in one);
      const allowed = sources.filter((one) => one.resourceType === 'QuestionnaireResponse' && isHere(one.subject.reference) && ofConsultation(one) && who(one.author.reference) !== undefined && one.author.reference !== me && ['completed', 'amended'].includes(one.status) && !('modifierExtension' in one) && !('implicitRules' in one) && one.authored === '2026-11-20T10:00:00Z');
      for (const { id, author, form } of admitted.responses) expect(allowed.some((one) => one.id === id && who(one.author.reference) === author && one.questionnaire === form)).toBe(true);
      for (const { author, text } of admitted.notes) expect(allowed.some((one) => who(one.author.reference) === author && JSON.stringify(one.item).includes(JSON.stringify(text)))).toBe(true);
      for (const { from, until } of admitted.notes) expect([[1, 2.5], [3, null], [4, null]]).toContainEqual([from, until]);
      // A grade rests on notes of its own author that are shown too.
      for (const { author, answers } of admitted.responses) for (const { cites } of Object.values(answers)) for (const id of cites) expect(admitted.notes.some((one) => one.id === id && one.author === author)).toBe(true);
      const sent = messages.filter((one): one is { id: string; status: string; about: { reference?: string }[]; subject?: { reference?: string }; sender: { reference?: string }; recipient: { reference?: string }[]; payload: { contentString: string }[] } & Record<string, unknown> => typeof one === 'object' && one !== null && 'sender' in one);
      const passed = sent.filter((one) => one.resourceType === 'Communication' && one.status === 'completed' && one.about.length === 1 && isHere(one.about[0]?.reference) && ofConsultation(one) && (one.subject === undefined || (one.subject.reference ?? '').endsWith('Patient/pat-1')) && who(one.sender.reference) !== undefined && (one.sender.reference === me || one.recipient.some(({ reference: to }) => to === me)) && !('modifierExtension' in one) && !('implicitRules' in one));
      for (const { author, text } of admitted.messages) expect(passed.some((one) => who(one.sender.reference) === author && one.payload[0]?.contentString === text)).toBe(true);
      for (const { practitioner } of admitted.people) expect([practitioner === me, people.has(practitioner)]).toEqual([false, true]);
      expect(new Set(admitted.responses.map(({ id }) => id)).size).toBe(admitted.responses.length);
    }), { numRuns: 1500 });
  });

  it('nested without end counts as not sent, and keeps nothing else away', () => {
    let item: object = { linkId: 'x', answer: [{ valueString: 'innermost' }] };
    for (let n = 0; n < 5000; n += 1) item = n % 2 === 0 ? { linkId: 'x', item: [item] } : { linkId: 'x', answer: [{ valueString: 'x', item: [item] }] };
    const one = { resourceType: 'QuestionnaireResponse', id: 'deep', questionnaire: 'https://forms.example/cot|1', status: 'completed', subject: { reference: HERE }, author: { reference: 'Practitioner/gp-2' }, authored: '2026-11-20T10:00:00Z' };
    const { responses, refused } = admit([{ ...one, item: [item] }, { ...one, id: 'plain', item: [{ linkId: 'cot.1', answer: [{ valueInteger: 2 }] }] }]);
    expect([responses.map(({ id }) => id), refused]).toEqual([['plain'], 1]);
  });

  it('always fits through the door, and text with markup stays the text that it is', () => {
    const shown = ReviewWork.pick({ othersNotes: true, othersResponses: true });
    fc.assert(fc.property(fc.array(response, { maxLength: 20 }), fc.array(message, { maxLength: 10 }), (responses, messages) => {
      const admitted = admit(responses.map((one, n) => ({ ...one, id: `r-${n}` })), messages);
      shown.parse({ othersNotes: admitted.notes, othersResponses: admitted.responses });
      for (const { text, position } of admitted.messages) ThreadMessage.pick({ text: true, position: true }).parse({ text, position });
      for (const one of [...admitted.notes.map(({ text }) => text), ...admitted.messages.map(({ text }) => text)]) expect(hostile).toContain(one);
    }));
    const many = Array.from({ length: 60 }, (_, n) => ({ resourceType: 'QuestionnaireResponse', id: `r-${n}`, questionnaire: 'https://forms.example/cot|1', status: 'completed', subject: { reference: HERE }, author: { reference: 'Practitioner/gp-2' }, authored: '2026-11-20T10:00:00Z', item: [{ linkId: 'comment', answer: Array.from({ length: 100 }, () => ({ valueString: 'x', item: [{ linkId: 'comment.at', answer: [{ valueUri: '#t=1' }] }] })) }] }));
    const { notes, responses, leftOut } = admit(many);
    expect([notes.length, responses.length, leftOut]).toEqual([2000, 30, 4030]);
    // Of too many the latest, whatever their order, and nothing rests on a note that is not given.
    const [old, latest] = ['2026-11-19T10:00:00Z', '2026-11-21T10:00:00+01:00'];
    const dated = many.map((one, n) => ({ ...one, authored: n === 59 ? latest : old, item: [...one.item, { linkId: 'cot.1', answer: [{ valueInteger: 1, item: [{ linkId: 'cot.1.cites', answer: [{ valueUri: `urn:uuid:${uuids[0] ?? ''}` }] }] }] }] }));
    const cited = { ...dated[0], id: 'cited', authored: '2026-11-18T10:00:00Z', item: [{ linkId: 'comment', answer: [{ valueString: 'oldest', item: [{ linkId: 'comment.at', answer: [{ valueUri: '#t=1' }] }, { linkId: 'comment.id', answer: [{ valueUri: `urn:uuid:${uuids[0] ?? ''}` }] }] }] }] };
    const given = admit([cited, ...dated]);
    expect([given.responses[0]?.id, given.notes[0]?.at, given.responses.length, given.notes.length]).toEqual(['r-59', latest, 30, 2000]);
    expect(given.responses.flatMap(({ answers }) => answers['cot.1']?.cites ?? [])).toEqual([]);
    expect([OthersNote.safeParse(notes[0]).success, OthersResponse.safeParse(responses[0]).success, Note.safeParse(notes[0]).success]).toEqual([true, true, false]);
  });

  it('is shown where everything is right, with what it rests on', () => {
    const [id = ''] = uuids;
    const by = { subject: { reference: HERE }, author: { reference: 'Practitioner/gp-2' }, authored: '2026-11-20T10:00:00Z', resourceType: 'QuestionnaireResponse', status: 'completed' };
    const notes = { ...by, id: 'n', questionnaire: 'https://viewing-room.example/fhir/Questionnaire/notes|1', item: [{ linkId: 'comment', answer: [{ valueString: '<i>here</i>', item: [{ linkId: 'comment.at', answer: [{ valueUri: 'Binary/media-1#t=1,2.5' }] }, { linkId: 'comment.id', answer: [{ valueUri: `urn:uuid:${id}` }] }] }] }] };
    const form = { ...by, id: 'f', questionnaire: 'https://forms.example/cot|1', item: [{ linkId: 'group', item: [{ linkId: 'cot.1', answer: [{ valueInteger: 2, item: [{ linkId: 'cot.1.cites', answer: [{ valueUri: `urn:uuid:${id}` }, { valueUri: `urn:uuid:${uuids[1] ?? ''}` }] }] }] }] }] };
    expect(admit([form, notes])).toMatchObject({
      refused: 0, people: [{ practitioner: 'Practitioner/gp-2', name: 'Demo Two' }], notes: [{ id, kind: 'range', from: 1, until: 2.5, text: '<i>here</i>', author: 'Demo Two' }],
      responses: [{ id: 'f', title: 'COT', author: 'Demo Two', answers: { 'cot.1': { grade: 2, text: '', cites: [id] } } }],
    });
    const sent = { resourceType: 'Communication', id: 'm', status: 'completed', about: [{ reference: HERE }], subject: { reference: 'Patient/pat-1' }, sender: { reference: 'Practitioner/gp-2' }, recipient: [{ reference: me }], sent: '2026-11-20T10:00:00Z', payload: [{ contentString: '<b>x</b>' }] };
    expect(admit([], [sent]).messages).toMatchObject([{ text: '<b>x</b>', author: 'Demo Two', position: null }]);
    // Each of these alone is enough to keep it off the screen.
    for (const wrong of [{ about: [{ reference: 'DocumentReference/rec-2' }] }, { subject: { reference: 'Patient/pat-2' } }, { sender: { reference: 'Practitioner/gp-4' } }, { recipient: [{ reference: 'Practitioner/gp-3' }] }, { status: 'entered-in-error' }, { encounter: { reference: 'Encounter/enc-2' } }, { about: [{ reference: HERE }, { reference: HERE }] }, { implicitRules: 'x' }])
      expect(admit([], [{ ...sent, ...wrong }]).messages).toEqual([]);
    // One that comes twice, on two pages, is one.
    expect(admit([form, notes, form], [sent, sent])).toMatchObject({ refused: 2, responses: [{ id: 'f' }], messages: [{ author: 'Demo Two' }] });
    for (const wrong of [{ subject: { reference: 'DocumentReference/rec-2' } }, { author: { reference: 'Practitioner/gp-5' } }, { status: 'in-progress' }, { author: { reference: me } }, { encounter: { reference: 'Encounter/enc-2' } }, { modifierExtension: [] as unknown[] }, { authored: '2026-11-20' }])
      expect(admit([{ ...form, ...wrong }, { ...notes, ...wrong }])).toMatchObject({ responses: [], notes: [] });
    for (const nowhere of ['Binary/media-2#t=1', 'Binary/media-1#t=9,8', 'Binary/media-1#t=9,9', 'Binary/media-1', undefined]) expect(placeOf(nowhere, 'Binary/media-1')).toBeNull();
  });
});
