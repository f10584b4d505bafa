import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { OpenRecording } from '../../preload/contract.ts';
import { review } from '../text/review.ts';
import { group as groupText } from '../text/reviewWork.ts';
import { PatientPanel } from './PatientPanel.tsx';

const recording = {
  patient: { name: 'Sam Testperson', dateOfBirth: '1984-07-02', nhsNumber: '9990000026' }, purpose: 'TRAIN', review: 'own',
  consultation: { startedAt: '2026-10-13T13:03:00Z', endedAt: '2026-10-13T13:04:00Z', clinicians: ['Dr Cara Testworth'] },
} as unknown as OpenRecording;
const shown = (group: boolean): string => renderToStaticMarkup(<PatientPanel recording={recording} group={group} onWrong={() => undefined} />);
const identity = ['Sam Testperson', '2 July 1984', '999 000 0026'];

test('the patient stands there while nobody else is in the room', () => {
  for (const words of identity) expect(shown(false)).toContain(words);
  expect(shown(false)).not.toContain(groupText.patient.show);
});

test('with others in the room what identifies the patient is hidden, and can be shown; the way out stays', () => {
  const markup = shown(true);
  for (const words of identity) expect(markup).not.toContain(words);
  expect(markup).toContain(groupText.patient.show);
  expect(markup).toContain(review.wrong.button);
});
