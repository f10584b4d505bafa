/** Words of "This computer": how it stands for the app, in words for whoever sits at it, and a line for the practice's IT. */
import type { Health, HealthState } from '../../preload/health.ts';

export const computer = {
  title: 'This computer',
  about: 'What Viewing Room finds on this computer. Nothing here names a patient or a person. If something does not work, show this page to the person who looks after your practice’s computers.',
  back: 'Back',
  loading: 'Looking at this computer…',
  again: 'Look again',
  states: { good: 'Good', attention: 'Needs attention', bad: 'Not working' } satisfies Record<HealthState, string>,
  forIt: 'For IT',
};

/** One thing that was looked at: its name, what it means for whoever works here, and the line for IT. */
export interface HealthWords {
  title: string;
  means: string;
  it: string;
}

const platforms: Record<Health['system']['platform'], string> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux', other: 'another system' };

export const healthWords: { [K in keyof Health]: (found: Health[K]) => HealthWords } = {
  runtime: ({ app, electron, chromium, node, demoOnly }) => ({
    title: 'Viewing Room',
    means: demoOnly ? 'This copy is for trying out only, with invented patients. Do not use it with recordings of real ones.' : `You have version ${app}.`,
    it: `Viewing Room ${app}, Electron ${electron}, Chromium ${chromium}, Node.js ${node}${demoOnly ? '; a runtime that is no longer maintained' : ''}`,
  }),
  system: ({ platform, release, architecture }) => ({ title: 'Operating system', means: `This computer runs ${platforms[platform]}.`, it: `${platforms[platform]} ${release}, ${architecture}` }),
};
