/** Words of the site check: what a practice's systems offer and lack, for whoever looks after them. Each line's own words come from main (src/main/siteCheck/lines.ts). */
export const siteCheck = {
  title: 'The practice’s systems',
  about: 'For the person who looks after the practice’s systems: what they offer of what Viewing Room needs, and what to do where something is missing. It takes a few seconds, writes nothing, and shows nothing of a patient. While somebody is signed in, more of it can be tried.',
  check: 'Check now',
  again: 'Check again',
  checking: 'Asking the practice’s systems…',
  toDo: 'To do',
  asFor: (id: string) => `as for ${id}`,
  more: 'More in',
  untried: (count: number, why: string) => `${count} checks: ${why}`,
  rest: (count: number) => `${count} ${count === 1 ? 'check' : 'checks'}, in order or not tried, one by one`,
  nothing: 'Nothing is missing.',
  command: 'viewing-room --check prints the same lines, and --sign-in tries more of it.',
};
