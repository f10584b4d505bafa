import type { OpenRecording } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';
import { stillFrames } from './stillFrames.ts';
import { placeOf, Thumbnails } from './thumbnails.ts';

/** Half of the picture with its border and some air, in pixels: so far from either edge of the player its middle stays. */
const FROM_EDGE = 86;

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const base64Of = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/**
 * A small picture over the progress bar while the pointer is on it: kept from before, or made now and kept. Only what somebody points at is made, because each is a frame
 * that was shown. Not of sensitive recordings. Drawn on a canvas: the content security policy has no pictures that are not the app's own files.
 * @param isHidden what a group must not see @returns what ends it at once
 */
export function hoverPictures(player: HTMLElement, { grant, mediaUrl }: OpenRecording, media: HTMLVideoElement, isHidden: (at: number) => boolean): () => void {
  const bar = player.querySelector<HTMLElement>('.vjs-progress-control');
  const holder = player.querySelector<HTMLElement>('.vjs-progress-holder');
  if (!bar || !holder) return () => undefined;

  const canvas = document.createElement('canvas');
  canvas.className = 'vr-hover';
  canvas.dataset.testid = 'hover-picture';
  canvas.setAttribute('aria-hidden', 'true');
  canvas.hidden = true;
  player.append(canvas);

  const frames = stillFrames(mediaUrl);
  const ended = new AbortController();
  const isOver = () => ended.signal.aborted;
  const thumbnails = new Thumbnails<ImageBitmap>({
    make: async (place) => {
      const kept = await attempt(door.thumbnail(grant, place));
      if (!kept.ok || isOver()) return null;
      if (kept.value?.at === place) return createImageBitmap(new Blob([bytesOf(kept.value.jpeg)], { type: 'image/jpeg' }));
      const jpeg = await frames.take(place);
      const told = await attempt(door.keepThumbnail(grant, place, base64Of(new Uint8Array(await jpeg.arrayBuffer()))));
      // On the record before it is on the screen.
      return told.ok && !isOver() ? createImageBitmap(jpeg) : null;
    },
    show: (picture) => {
      canvas.hidden = picture === null;
      canvas.width = picture?.width ?? 0;
      canvas.height = picture?.height ?? 0;
      if (picture) canvas.getContext('2d')?.drawImage(picture, 0, 0);
    },
    mayWork: () => media.readyState >= media.HAVE_FUTURE_DATA && !media.seeking,
    letGo: (picture) => picture.close(),
  });

  const point = (event: PointerEvent) => {
    const { left, width } = holder.getBoundingClientRect();
    const edge = player.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const place = placeOf(share * media.duration, media.duration);
    canvas.style.left = `${Math.min(edge.width - FROM_EDGE, Math.max(FROM_EDGE, event.clientX - edge.left))}px`;
    thumbnails.want(place === null || isHidden(place) ? null : place);
  };
  const { signal } = ended;
  bar.addEventListener('pointermove', point, { signal });
  for (const name of ['pointerleave', 'pointercancel']) bar.addEventListener(name, () => thumbnails.want(null), { signal });
  for (const name of ['canplay', 'seeked']) media.addEventListener(name, () => thumbnails.goOn(), { signal });

  return () => {
    ended.abort();
    thumbnails.stop();
    frames.dispose();
    canvas.remove();
  };
}
