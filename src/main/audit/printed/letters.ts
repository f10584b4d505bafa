/** Article 34: one letter a patient, each on pages of its own. */
import type { Letter } from '../letters.ts';
import { html, paragraphs } from './html.ts';
import { printed, type Printed, type Stamp } from './page.ts';
import { dateWords, dayWords, nhsNumberWords } from './words.ts';

export function letters(list: readonly Letter[], stamp: Stamp): Printed {
  const body = html`${list.map(({ to, parts, text }) => html`<section class="letter">
<p>${stamp.practice.name}</p><p>${dayWords(stamp.at)}</p>
<div class="address"><p>${to.name ?? to.patient}</p></div>
<p>${[to.dateOfBirth ? `Date of birth: ${dateWords(to.dateOfBirth)}` : '', to.nhsNumber ? `NHS number: ${nhsNumberWords(to.nhsNumber)}` : ''].filter((part) => part !== '').join('. ')}</p>
<p>Dear ${to.name ?? 'patient'},</p>
<h1>About a recording of your consultation</h1>
<p>We are writing because something went wrong with information about you. We are sorry. This letter says what happened, what of yours it was, who saw it, what we did, and what you can do.</p>
<h2>What happened</h2>${paragraphs(text.nature)}
<h2>What of yours it was, and who saw it</h2>
${parts.length === 0 ? html`<p>Our record does not show that anything of yours was seen.</p>` : parts.map(({ heading, sentences }) => html`<p><strong>${heading}</strong></p><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`)}
<h2>What this may mean for you</h2>${paragraphs(text.consequences)}
<h2>What we did</h2>${paragraphs(text.measures)}
<h2>What you can do</h2>
<ul><li>Ask us anything about it: ${text.contact}</li>
<li>Ask us for the full record of who was shown your recordings. It is yours to have, and free.</li>
<li>Tell us if you do not want your consultations to be recorded or used for review any more. It does not change your care.</li>
<li>Complain to us, or to the Information Commissioner’s Office (ICO), which looks after people’s rights over information about them: ico.org.uk</li></ul>
<div class="signature"><p>Yours sincerely,</p><p>${stamp.exporter.name}<br>${stamp.exporter.role}, ${stamp.practice.name}</p></div>
</section>`)}`;
  return printed('About a recording of your consultation', body, stamp, { loose: true });
}
