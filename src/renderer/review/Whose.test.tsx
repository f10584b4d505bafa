import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { group } from '../text/reviewWork.ts';
import { Whose, type About } from './Whose.tsx';

const about: About = { patient: { name: 'Sam Testperson', dateOfBirth: '1984-07-02', nhsNumber: '9990000026' }, medium: 'video', watched: 43, group: false };
const shown = (change: Partial<About>): string => renderToStaticMarkup(<Whose about={{ ...about, ...change }} />);

test('whose recording it is, and how much of it was watched', () => {
  expect(shown({})).toContain('<strong>Sam Testperson</strong>, born 2 July 1984');
  expect(shown({})).toContain('You have watched 43 % of this recording.');
  expect(shown({ medium: 'audio', watched: 100 })).toContain('You have listened to all of this recording.');
  expect(shown({ watched: 0 })).toContain('less than 1 %');
});

test('nothing is said of how much while its length is not known', () => {
  expect(shown({ watched: null })).not.toContain('this recording');
});

test('while others are in the room the patient is named only when that is asked for', () => {
  const markup = shown({ group: true });
  expect(markup).not.toContain('Testperson');
  expect(markup).not.toContain('1984');
  expect(markup).toContain(group.patient.show);
});
