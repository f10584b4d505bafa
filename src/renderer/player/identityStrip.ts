import type { OpenRecording } from '../../preload/contract.ts';
import { noNhsNumber } from '../text/common.ts';
import { review as text } from '../text/review.ts';
import { formatNhsNumber } from '../words/nhsNumber.ts';
import { formatDate } from '../words/time.ts';

/** Whose recording it is, over the picture: shown in full screen, where the panel beside the player is not. Who it is is left out while others are in the room. */
export function identityStrip({ patient }: OpenRecording): HTMLElement {
  const strip = document.createElement('div');
  strip.className = 'vr-identity-strip';
  const { fields } = text;
  const who = document.createElement('span');
  who.className = 'vr-identity-strip__who';
  who.textContent = [
    patient.name,
    `${fields.born} ${formatDate(patient.dateOfBirth)}`,
    `${fields.nhs} ${patient.nhsNumber === null ? noNhsNumber : formatNhsNumber(patient.nhsNumber)}`,
  ].join(' · ');
  const wrong = document.createElement('span');
  wrong.className = 'vr-identity-strip__wrong';
  wrong.textContent = text.wrong.strip;
  strip.append(who, wrong);
  return strip;
}
