import type { OpenRecording } from '../../preload/contract.ts';

const moment = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' });
const every = 12_000;
/** Places in per cent of the frame, corner and middle, so that no crop of the picture is without the mark for long; its lowest lines, where the captions are, stay free. */
const places = [[4, 6], [52, 18], [18, 44], [56, 54], [6, 58], [34, 10], [50, 40], [10, 26]] as const;

/** Puts who is looking, and when, over the picture, now here and now there. Returns what stops it. */
export function startWatermark(player: HTMLElement, { name, role, odsCode }: OpenRecording['watermark']): () => void {
  const mark = document.createElement('div');
  mark.className = 'vr-watermark';
  mark.dataset.testid = 'watermark';
  mark.setAttribute('aria-hidden', 'true');
  const words = document.createElement('span');
  words.className = 'vr-watermark__words';
  mark.append(words);
  player.append(mark);

  let step = 0;
  const move = () => {
    const [left, top] = places[step % places.length] ?? [4, 6];
    // As large as the frame, and moved by shares of it. From place to place at once: gliding there would have the whole picture put together anew sixty times a second for as long as a recording is open, paused ones too.
    mark.style.transform = `translate(${left}%, ${top}%)`;
    words.textContent = `${name} · ${role} · ${odsCode} · ${moment.format(new Date())}`;
    step += 1;
  };
  move();
  const timer = setInterval(move, every);
  return () => {
    clearInterval(timer);
    mark.remove();
  };
}
